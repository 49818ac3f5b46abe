package dev.corral.auth.ssh;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.corral.auth.scheme.WorkBeside;
import dev.corral.core.spi.AuthDecision;
import dev.corral.core.spi.NanoClock;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Checks signatures beside the event loops, and remembers good ones of keys that are let in: the {@code ollama} command
 * signs the same text for all requests of one second to one path. Of a signature only that it is good is remembered, never
 * whose key record it leads to.
 *
 * <p>Requests that claim a key which is let in do not wait behind the others, however many and from wherever these come; who
 * knows such a key, which is no secret, can only take the few places of that key.
 *
 * <p>Any thread; does not block.
 */
final class SignatureChecks implements AutoCloseable {
    private static final int REMEMBERED = 10_000;
    private static final int PER_KEY = 8;
    private static final int ADDRESSES = 4;

    private final Duration lasting;
    private final NanoClock clock;
    // Made by the first worker that needs it: loading the classes takes a good part of a start, and most need none.
    private volatile @Nullable Cache<ByteBuffer, Boolean> good;
    private final WorkBeside known;
    private final WorkBeside others;

    /**
     * No thread runs yet.
     *
     * @param threads how many signatures of keys that are let in are checked at one time, and how many others
     * @param queue how many of either wait; of the others at most a quarter from one address, or one IPv6 network of 64 bits
     * @param lasting how long a good one is remembered
     */
    SignatureChecks(int threads, int queue, Duration lasting, NanoClock clock) {
        this.lasting = lasting;
        this.clock = clock;
        this.known = new WorkBeside("corral-signatures", threads, queue, PER_KEY);
        this.others = new WorkBeside("corral-signatures", threads, queue, Math.max(1, queue / ADDRESSES));
    }

    /** Whether this very signature was found to be good. */
    boolean isGood(SignedRequest request) {
        Cache<ByteBuffer, Boolean> cache = good;
        return cache != null && cache.getIfPresent(request.digest()) != null;
    }

    /** For a key that is let in, so that strangers take no room. For the threads that check, not for event loops. */
    void remember(SignedRequest request) {
        Cache<ByteBuffer, Boolean> cache = good;
        if (cache == null) {
            cache = make();
        }
        cache.put(request.digest(), Boolean.TRUE);
    }

    private synchronized Cache<ByteBuffer, Boolean> make() {
        Cache<ByteBuffer, Boolean> cache = good;
        if (cache == null) {
            cache = Caffeine.newBuilder()
                    .maximumSize(REMEMBERED)
                    .expireAfterWrite(lasting)
                    .ticker(clock::nanos)
                    // Its own upkeep, a few entries at a time, where it comes up.
                    .executor(Runnable::run)
                    .build();
            good = cache;
        }
        return cache;
    }

    /**
     * Checks a signature.
     *
     * @param letIn whether the key that the request claims is registered
     * @param decide what follows from whether it is good; called by the thread that checks
     * @param busy what follows where it has to make room for one from an address of which fewer wait
     * @return null where too many wait already, or too many of that key or from there
     */
    @Nullable
    CompletionStage<AuthDecision> check(
            SignedRequest request,
            boolean letIn,
            InetAddress from,
            Function<Boolean, AuthDecision> decide,
            AuthDecision busy) {
        return letIn
                ? known.submit(ByteBuffer.wrap(request.key().raw()), () -> decide.apply(request.verify()), busy)
                : others.submit(WorkBeside.of(from), () -> decide.apply(request.verify()), busy);
    }

    /** Who waits gets no answer any more. */
    @Override
    public void close() {
        known.close();
        others.close();
    }
}
