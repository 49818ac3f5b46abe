package dev.corral.core.admit;

import java.util.concurrent.ConcurrentHashMap;

/**
 * How many bytes of bodies one key's requests hold while they wait for their turn. That can take minutes: without this
 * bound the waiting requests of a few keys would have all of the room that there is for bodies. Any thread.
 */
public final class WaitingBodies {
    /** Smaller ones are not counted: as many as may wait for one key hold little. */
    public static final int SMALL = 64 << 10;

    private final long perKey;
    // Bounded by the keys that have a large body waiting at this moment.
    private final ConcurrentHashMap<String, Long> byKey = new ConcurrentHashMap<>();

    /**
     * Nobody waits yet.
     *
     * @param perKey bytes of one key, but a first body is let in however large it is
     */
    public WaitingBodies(long perKey) {
        this.perKey = perKey;
    }

    /**
     * A request comes to wait.
     *
     * @return what is to be given back, 0 for a small body; -1 if there is no room for it
     */
    public long take(String key, long bytes) {
        if (bytes < SMALL) {
            return 0;
        }
        boolean[] taken = new boolean[1];
        byKey.compute(key, (same, all) -> {
            taken[0] = all == null || all + bytes <= perKey;
            return !taken[0] ? all : all == null ? (Long) bytes : (Long) (all + bytes);
        });
        return taken[0] ? bytes : -1;
    }

    /** It waits no more. */
    public void giveBack(String key, long taken) {
        if (taken > 0) {
            byKey.computeIfPresent(key, (same, all) -> all <= taken ? null : (Long) (all - taken));
        }
    }
}
