package dev.corral.core.admit;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.NanoClock;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * How many requests without a valid key one address may make: the generic cell rate algorithm (ITU-T I.371), a minute's
 * worth at once and then evenly. IPv6 counts by /64, which one subscriber has whole. A fixed table, indexed by a hash that
 * nobody outside can work out: strangers cannot make it grow, and two that share a slot share its rate. Thread-safe
 * without locks.
 */
public final class StrangerLimit {
    private static final int SLOTS = 1 << 16;
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final NanoClock clock;
    private final int perMinute;
    private final long interval;
    // Times are counted from here, because the clock's own zero may be anywhere.
    private final long origin;
    private final long seed4;
    private final long seed6;
    // When the slot will have been idle long enough to be as good as new; 0 where it is.
    private final AtomicLongArray slots = new AtomicLongArray(SLOTS);

    /**
     * Nobody has called yet.
     *
     * @param perMinute at least 1
     */
    public StrangerLimit(int perMinute, NanoClock clock) {
        this(perMinute, clock, new SecureRandom().nextLong());
    }

    StrangerLimit(int perMinute, NanoClock clock, long seed) {
        if (perMinute < 1) {
            throw new IllegalArgumentException("strangers per minute: " + perMinute + " (expected: at least 1)");
        }
        this.clock = clock;
        this.perMinute = perMinute;
        this.interval = MINUTE / perMinute;
        this.origin = clock.nanos();
        this.seed4 = mixed(seed);
        this.seed6 = mixed(seed + 1);
    }

    /**
     * Takes one request of this address.
     *
     * @return null if it may be answered; else the refusal, and nothing was taken
     */
    public @Nullable ProxyError take(InetAddress address) {
        long now = clock.nanos() - origin;
        int slot = slot(address);
        while (true) {
            long full = slots.get(slot);
            long next = Math.max(now, full) + interval;
            if (next - now > MINUTE) {
                return refusal(next - now - MINUTE);
            }
            if (slots.compareAndSet(slot, full, next)) {
                return null;
            }
        }
    }

    private ProxyError refusal(long nanos) {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(nanos + TimeUnit.SECONDS.toNanos(1) - 1);
        return ProxyError.tryAgain(
                ErrorCode.STRANGER_RATE,
                "more than " + perMinute + " requests without a valid key in a minute from this address",
                (int) Math.max(1, seconds));
    }

    private int slot(InetAddress address) {
        byte[] bytes = address.getAddress();
        long hash;
        if (bytes.length == 4) {
            hash = mixed(number(bytes, 4) ^ seed4);
        } else {
            hash = mixed(number(bytes, 8) ^ seed6);
        }
        return (int) (hash >>> 48);
    }

    private static long number(byte[] bytes, int length) {
        long number = 0;
        for (int i = 0; i < length; i++) {
            number = number << 8 | bytes[i] & 0xff;
        }
        return number;
    }

    // The finalizer of MurmurHash3, which lets every bit of the input flip half of the output's.
    private static long mixed(long value) {
        long mixed = value;
        mixed = (mixed ^ mixed >>> 33) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ mixed >>> 33;
    }
}
