package dev.corral.core.body;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of request bodies, and of answers that are held back, the whole process may have at one time, and each
 * key of them: whoever sends large bodies slowly holds up only himself. Any thread.
 */
public final class BodyBudget {
    private final long limit;
    private final long perKey;
    private final AtomicLong held = new AtomicLong();
    // Bounded by the keys that have a body here at this moment.
    private final ConcurrentHashMap<String, Long> byKey = new ConcurrentHashMap<>();

    public BodyBudget(long limit, long perKey) {
        this.limit = limit;
        this.perKey = perKey;
    }

    /** Takes a share, or refuses; what is taken must be given back. */
    public boolean take(String key, long bytes) {
        return take(key, bytes, 0);
    }

    /**
     * The same, for a body whose decoder has a share already.
     *
     * @param decoder bytes of that share, which make the bounds wider: a body finds as much room as it has without one
     */
    boolean take(String key, long bytes, long decoder) {
        if (held.addAndGet(bytes) > limit + decoder) {
            held.addAndGet(-bytes);
            return false;
        }
        if (byKey.merge(key, bytes, Long::sum) > perKey + decoder) {
            giveBack(key, bytes);
            return false;
        }
        return true;
    }

    public void giveBack(String key, long bytes) {
        if (bytes > 0) {
            byKey.computeIfPresent(key, (same, all) -> all == bytes ? null : all - bytes);
            held.addAndGet(-bytes);
        }
    }

    /** Bytes held now. */
    public long held() {
        return held.get();
    }
}
