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
        level = Math.min(MOST, level + amount * PARTS);
    }

    /** What is in it, rounded up. After {@link #drain}. */
    long used() {
        return ceiling(level, PARTS);
    }

    private static long ceiling(long value, long divisor) {
        return (value + divisor - 1) / divisor;
    }
}
