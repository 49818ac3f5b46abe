package dev.corral.core.admit;

import dev.corral.core.spi.NanoClock;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How often each of any number of parties may do something: the generic cell rate algorithm (ITU-T I.371), so many at
 * once and then evenly. A fixed table, indexed by a hash that nobody outside can work out: nobody can make it grow, and
 * two that share a slot share its rate. Thread-safe without locks.
 */
final class Pace {
    private static final int SLOTS = 1 << 16;
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final NanoClock clock;
    private final long interval;
    private final long most;
    // Times are counted from here, because the clock's own zero may be anywhere.
    private final long origin;
    private final long seed;
    // When the slot will have been idle long enough to be as good as new; 0 where it is.
    private final AtomicLongArray slots = new AtomicLongArray(SLOTS);

    /**
     * Nobody has come yet.
     *
     * @param perMinute at least 1
     * @param burst how many at once, at least 1
     */
    Pace(int perMinute, int burst, NanoClock clock) {
        this(perMinute, burst, clock, new SecureRandom().nextLong());
    }

    Pace(int perMinute, int burst, NanoClock clock, long seed) {
        this.clock = clock;
        this.interval = MINUTE / perMinute;
        this.most = burst == perMinute ? MINUTE : interval * burst;
        this.origin = clock.nanos();
        this.seed = seed;
    }

    /**
     * Takes one of this party.
     *
     * @return 0 if it may be; else nothing was taken, and so many whole seconds are to be waited
     */
    int take(Party party) {
        long now = clock.nanos() - origin;
        int slot = party.slot(seed);
        while (true) {
            long full = slots.get(slot);
            long next = Math.max(now, full) + interval;
            if (next - now > most) {
                long nanos = next - now - most;
                return (int) Math.max(1, TimeUnit.NANOSECONDS.toSeconds(nanos + TimeUnit.SECONDS.toNanos(1) - 1));
            }
            if (slots.compareAndSet(slot, full, next)) {
                return 0;
            }
        }
    }
}
