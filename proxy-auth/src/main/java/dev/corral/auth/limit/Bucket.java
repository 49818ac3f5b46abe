package dev.corral.auth.limit;

/**
 * What was taken, draining at a rate: the generic cell rate algorithm in the words of a bucket. Whole numbers
 * throughout, so that a limit of 50 is 50. Guarded by its {@link Ledger}.
 */
final class Bucket {
    private static final long NANOS_PER_MILLI = 1_000_000;
    /** Parts of a thing, so that a limit of things in a minute drains as many parts in a millisecond. */
    private static final long PARTS = 60_000;
    // What one request can take, many times over, and still far from where sums do not fit.
    private static final long MOST = 16 * LimitText.MAX * PARTS;

    private long level;
    // Everything that was ever put in. Only differences matter.
    private long poured;
    private long at;

    Bucket(long nanos) {
        at = nanos;
    }

    /** Drains what has drained by now; everything where there is no limit to the rate. */
    void drain(long perMinute, long nanos) {
        long millis = (nanos - at) / NANOS_PER_MILLI;
        if (millis <= 0) {
            return;
        }
        // The rest of the millisecond is left for the next time.
        at += millis * NANOS_PER_MILLI;
        level = millis > level / perMinute ? 0 : level - millis * perMinute;
    }

    /** Milliseconds until so much more fits, 0 where it does now. After {@link #drain}. */
    long millisUntil(long amount, long capacity, long perMinute) {
        long over = level - (capacity - amount) * PARTS;
        return over <= 0 ? 0 : ceiling(over, perMinute);
    }

    /** Milliseconds until it is empty. After {@link #drain}. */
    long millisUntilEmpty(long perMinute) {
        return ceiling(level, perMinute);
    }

    /** Puts something in. */
    void add(long amount) {
        poured += amount * PARTS;
        level = Math.min(MOST, level + amount * PARTS);
    }

    /** Where in the order of everything that was put in the last of it is. */
    long mark() {
        return poured;
    }

    /**
     * Takes out again what was put in, as far as it is still there: what came first drained first, and what has drained
     * already was free for others. After {@link #drain}.
     *
     * @param mark right after it was put in
     */
    void giveBack(long amount, long mark) {
        long left = level - (poured - mark);
        level -= Math.max(0, Math.min(amount * PARTS, left));
    }

    /** What is in it, rounded up. After {@link #drain}. */
    long used() {
        return ceiling(level, PARTS);
    }

    private static long ceiling(long value, long divisor) {
        return (value + divisor - 1) / divisor;
    }
}
