package dev.corral.server.state.redis;

import dev.corral.auth.limit.LimitKind;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.NanoClock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The last refusals that hold for every such request of a key for a moment more, so that a client that does not wait
 * costs no question to Redis. A fixed table; of two keys that share a place the later refusal is remembered. Any thread.
 */
final class Standing {
    // No longer: limits may be raised, and what is set aside for others may come back.
    private static final long LONGEST_MILLIS = 500;
    private static final int SLOTS = 4_096;

    private final NanoClock clock;
    private final AtomicReferenceArray<@Nullable Refusal> slots = new AtomicReferenceArray<>(SLOTS);

    /**
     * A refusal.
     *
     * @param model whether only requests to models are refused
     * @param kind of what there is too little
     */
    record Refusal(String keyId, boolean model, LimitKind kind, ProxyError error, long until) {}

    Standing(NanoClock clock) {
        this.clock = clock;
    }

    /**
     * Remembers.
     *
     * @param model whether only requests to models are refused
     * @param waitMillis how long it holds
     */
    void note(String keyId, boolean model, LimitKind kind, ProxyError error, long waitMillis) {
        long until = clock.nanos() + TimeUnit.MILLISECONDS.toNanos(Math.min(LONGEST_MILLIS, waitMillis));
        slots.set(slot(keyId), new Refusal(keyId, model, kind, error, until));
    }

    /** What refuses; null where nothing is known to. */
    @Nullable
    Refusal of(String keyId, boolean model) {
        Refusal refusal = slots.get(slot(keyId));
        return refusal != null
                        && refusal.keyId.equals(keyId)
                        && (model || !refusal.model)
                        && clock.nanos() - refusal.until < 0
                ? refusal
                : null;
    }

    private static int slot(String keyId) {
        int hash = keyId.hashCode();
        return (hash ^ hash >>> 16) & SLOTS - 1;
    }
}
