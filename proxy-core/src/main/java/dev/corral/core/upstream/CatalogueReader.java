package dev.corral.core.upstream;

import dev.corral.core.policy.ModelCatalogue;
import dev.corral.core.spi.NanoClock;
import dev.corral.core.spi.NetworkTrouble;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the catalogue current with {@code GET /api/tags}, on a thread of its own: from the start until it succeeds, then
 * from time to time, and soon after somebody knows that it has changed. What cannot be read leaves the catalogue as it
 * was. Only needed where some role keeps cloud closed, or makes models.
 */
public final class CatalogueReader implements AutoCloseable {
    /** How often is enough, in milliseconds, however many models are pulled or deleted. */
    static final long SPACING_MILLIS = 1_000;

    private static final int MAX_BYTES = 16 << 20;
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final Logger LOG = LoggerFactory.getLogger(CatalogueReader.class);

    private final Upstream upstream;
    private final ModelCatalogue catalogue;
    private final NanoClock clock;
    private final Duration connectTimeout;
    private final Duration interval;
    private final ScheduledThreadPoolExecutor thread;
    private final AtomicBoolean asked = new AtomicBoolean();
    private final AtomicReference<@Nullable BoundedGet> running = new AtomicReference<>();
    private volatile long begun;
    // Only the thread uses these.
    private boolean first = true;
    private boolean failed;
    private boolean troubled;

    /**
     * Begins at once.
     *
     * @param interval after which a listing is read again, counted from the last that was learned from anywhere
     */
    public CatalogueReader(
            Upstream upstream, ModelCatalogue catalogue, NanoClock clock, Duration connectTimeout, Duration interval) {
        this.upstream = upstream;
        this.catalogue = catalogue;
        this.clock = clock;
        this.connectTimeout = connectTimeout;
        this.interval = interval;
        this.begun = clock.nanos();
        this.thread = new ScheduledThreadPoolExecutor(
                1,
                task -> {
                    Thread reader = new Thread(task, "corral-catalogue");
                    reader.setDaemon(true);
                    return reader;
                },
                new ThreadPoolExecutor.DiscardPolicy());
        long tick = upstream.settings().probeInterval().toMillis();
        var unused = thread.scheduleWithFixedDelay(this::readIfDue, 0, tick, TimeUnit.MILLISECONDS);
    }

    /** Says that models may have come or gone: they are listed again, at once or when a second has passed. Any thread. */
    public void refreshSoon() {
        if (asked.compareAndSet(false, true)) {
            long wait = Math.max(0, SPACING_MILLIS - since().toMillis());
            var unused = thread.schedule(this::readIfDue, wait, TimeUnit.MILLISECONDS);
        }
    }

    private void readIfDue() {
        if (!due()) {
            return;
        }
        // What is asked for from here on may have happened after the upstream looked.
        asked.set(false);
        first = false;
        begun = clock.nanos();
        String problem = read();
        failed = problem != null;
        if (thread.isShutdown() || failed == troubled) {
            return;
        }
        troubled = failed;
        if (failed) {
            LOG.warn("which models the upstream has cannot be read, and is tried again: {}", problem);
        } else {
            LOG.warn("which models the upstream has can be read again");
        }
    }

    private boolean due() {
        if (first) {
            return true;
        }
        Duration age = catalogue.age();
        boolean retry = failed || age == null;
        return asked.get() && since().toMillis() >= SPACING_MILLIS
                || retry && since().compareTo(upstream.settings().probeInterval()) >= 0
                || age != null && !failed && age.compareTo(interval) >= 0;
    }

    private Duration since() {
        return Duration.ofNanos(clock.nanos() - begun);
    }

    /** What went wrong, or null. */
    private @Nullable String read() {
        InetSocketAddress address = upstream.address();
        if (address == null) {
            return "its name has not been resolved yet";
        }
        try (BoundedGet get = new BoundedGet(clock, ANSWER)) {
            running.set(get);
            if (thread.isShutdown()) {
                return "closed";
            }
            byte[] listing = get.get(address, connectTimeout, upstream.authority(), "/api/tags", MAX_BYTES);
            return catalogue.learn(ByteBuffer.wrap(listing));
        } catch (IOException | RuntimeException e) {
            return Objects.requireNonNullElse(NetworkTrouble.text(e), e.toString());
        } finally {
            running.set(null);
        }
    }

    /** Ends the thread, also in the middle of an answer. */
    @Override
    public void close() {
        thread.shutdownNow();
        BoundedGet get = running.get();
        if (get != null) {
            try {
                get.close();
            } catch (IOException e) {
                LOG.debug("closing the catalogue's connection", e);
            }
        }
    }
}
