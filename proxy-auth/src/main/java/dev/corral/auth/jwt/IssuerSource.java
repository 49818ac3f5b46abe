package dev.corral.auth.jwt;

import dev.corral.core.spi.NanoClock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of one issuer as they were fetched last. They are fetched in the background, again and again; a token that is
 * signed with an unknown one has them fetched at once, but however many such tokens come, only so often. Where the issuer
 * does not answer, what it said last holds for a while. Any thread.
 */
final class IssuerSource {
    private static final Logger LOG = LoggerFactory.getLogger(IssuerSource.class);
    private static final int MAX_DOUBLINGS = 16;
    private static final double NANOS_PER_SECOND = 1e9;

    /** Where keys come from; blocks. */
    interface Fetch {
        /**
         * The keys as they are published now.
         *
         * @throws IssuerException if they cannot be had
         */
        IssuerKeys keys(JwtIssuer issuer) throws IssuerException;
    }

    private record Fetched(IssuerKeys keys, long nanos) {}

    private final JwtIssuer issuer;
    private final Fetch fetch;
    private final ScheduledExecutorService executor;
    private final FetchTimes times;
    private final NanoClock clock;
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicLong succeeded = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private volatile @Nullable Fetched fetched;
    // Guarded by this.
    private @Nullable CompletableFuture<@Nullable Void> fetching;
    private @Nullable Long begun;

    IssuerSource(JwtIssuer issuer, Fetch fetch, ScheduledExecutorService executor, FetchTimes times, NanoClock clock) {
        this.issuer = issuer;
        this.fetch = fetch;
        this.executor = executor;
        this.times = times;
        this.clock = clock;
    }

    JwtIssuer issuer() {
        return issuer;
    }

    /** The keys that hold now; null where there are none, or only such as were fetched too long ago. */
    @Nullable
    IssuerKeys keys() {
        Fetched last = fetched;
        return last == null || clock.nanos() - last.nanos > issuer.keysMaxAge().toNanos() ? null : last.keys;
    }

    /** What there is to know of it now. */
    IssuerCounts counts() {
        Fetched last = fetched;
        IssuerKeys present = keys();
        return new IssuerCounts(
                issuer.issuer(),
                present == null ? 0 : present.keys().size(),
                last == null ? Double.NaN : (clock.nanos() - last.nanos) / NANOS_PER_SECOND,
                succeeded.get(),
                failed.get());
    }

    /** Fetches the keys now, and from then on at the regular times. */
    void start() {
        schedule(Duration.ZERO);
    }

    /**
     * Has the keys fetched because a token is signed with one that is not among them.
     *
     * @return completes when that is over, well or not; null where it was done only just now
     */
    synchronized @Nullable CompletionStage<@Nullable Void> fetchSoon() {
        if (fetching != null) {
            return fetching;
        }
        if (begun != null && clock.nanos() - begun < times.between().toNanos()) {
            return null;
        }
        CompletableFuture<@Nullable Void> begins = begin();
        try {
            executor.execute(() -> fetch(begins));
        } catch (RejectedExecutionException e) {
            end(begins);
        }
        return begins;
    }

    private synchronized CompletableFuture<@Nullable Void> begin() {
        CompletableFuture<@Nullable Void> begins = new CompletableFuture<>();
        fetching = begins;
        begun = clock.nanos();
        return begins;
    }

    private void end(CompletableFuture<@Nullable Void> ends) {
        synchronized (this) {
            fetching = null;
        }
        ends.complete(null);
    }

    private void regularly() {
        CompletableFuture<@Nullable Void> begins = null;
        synchronized (this) {
            if (fetching == null) {
                begins = begin();
            }
        }
        if (begins != null) {
            fetch(begins);
        }
        schedule(failures.get() == 0 ? issuer.refresh() : backoff());
    }

    private Duration backoff() {
        long millis = times.retry().toMillis() << Math.min(failures.get() - 1, MAX_DOUBLINGS);
        return Duration.ofMillis(Math.min(millis, times.longestRetry().toMillis()));
    }

    /** Within a tenth of the time, so that several Corrals that were started together do not ask together. */
    private void schedule(Duration after) {
        long millis = after.toMillis();
        long early = ThreadLocalRandom.current().nextLong(millis / 10 + 1);
        try {
            executor.schedule(this::regularly, millis - early, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("no more keys are fetched: Corral ends");
        }
    }

    private void fetch(CompletableFuture<@Nullable Void> ends) {
        try {
            IssuerKeys keys = fetch.keys(issuer);
            succeeded.incrementAndGet();
            Fetched last = fetched;
            // The same object for the same keys: what was verified with them stays so.
            fetched = new Fetched(last != null && last.keys.equals(keys) ? last.keys : keys, clock.nanos());
            if (failures.getAndSet(0) > 0 || last == null) {
                LOG.info(
                        "the keys of the issuer {} are known: {}",
                        issuer.issuer(),
                        keys.keys().size());
            }
        } catch (IssuerException e) {
            failed(String.valueOf(e.getMessage()));
        } catch (RuntimeException | Error e) {
            failed(e.getClass().getSimpleName());
            LOG.debug("fetching keys failed", e);
        } finally {
            end(ends);
        }
    }

    private void failed(String why) {
        failed.incrementAndGet();
        if (failures.incrementAndGet() > 1) {
            LOG.debug("the keys of the issuer {} cannot be fetched: {}", issuer.issuer(), why);
        } else if (keys() == null) {
            LOG.warn("the keys of the issuer {} cannot be fetched: {}; its tokens are refused", issuer.issuer(), why);
        } else {
            LOG.warn(
                    "the keys of the issuer {} cannot be fetched: {}; those that are known hold for {} from when they were",
                    issuer.issuer(),
                    why,
                    issuer.keysMaxAge());
        }
    }
}
