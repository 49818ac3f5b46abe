package dev.corral.core.testkit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Waits for facts, with a deadline. */
public final class Await {
    /** Long enough for a busy machine; a passing test never waits so long. */
    public static final Duration LONG = Duration.ofSeconds(10);

    private static final long POLL_NANOS = 500_000;

    private Await() {}

    /** Waits {@link #LONG} at most. */
    public static void until(String what, BooleanSupplier fact) {
        until(LONG, () -> what, fact);
    }

    /**
     * Waits until something is true.
     *
     * @param what the fact, for the failure message; asked when the time is over
     * @throws AssertionError when the time is over
     */
    public static void until(Duration within, Supplier<String> what, BooleanSupplier fact) {
        long end = System.nanoTime() + within.toNanos();
        while (!fact.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not within " + within.toMillis() + " ms: " + what.get());
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /**
     * Watches that something stays true for a while: the only way to see that nothing happens.
     *
     * @throws AssertionError when it is not true any more
     */
    public static void holds(Duration time, Supplier<String> what, BooleanSupplier fact) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) {
            if (!fact.getAsBoolean()) {
                throw new AssertionError("no longer: " + what.get());
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** Whether a figure stands still for a while. */
    public static boolean still(Duration time, LongSupplier figure) {
        long value = figure.getAsLong();
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) {
            if (figure.getAsLong() != value) {
                return false;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return true;
    }

    /** Waits until a figure has stood still for a while, and gives it. */
    public static long settled(Duration quiet, LongSupplier figure) {
        until(LONG, () -> "a figure that stands still, but " + figure.getAsLong(), () -> still(quiet, figure));
        return figure.getAsLong();
    }
}
