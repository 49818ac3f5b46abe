package dev.corral.core.admit;

import dev.corral.core.LockOutSettings;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.NanoClock;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * Addresses that send wrong credentials, IPv6 by /64. After so many of them an address is locked out: its further wrong
 * ones are refused with one answer, which tells nothing. Good ones never come here, so that who guesses keeps nobody
 * behind the same address from working.
 *
 * <p>A fixed table, indexed by a hash that nobody outside can work out: nobody can make it grow, and two that share a slot
 * share its count. Thread-safe without locks.
 */
public final class LockOut {
    /** Is told of addresses that were locked out. */
    @FunctionalInterface
    public interface Listener {
        /** Called by who reported the last wrong credential; must neither block nor throw. */
        void lockedOut(InetAddress address, Duration time);
    }

    private static final int SLOTS = 1 << 16;

    // One slot: 40 bits of time in milliseconds, one whether it is locked until then or saw the last wrong credential
    // then, 6 for how often it was locked, 17 for how many wrong ones came since. 0 where nothing is known.
    private static final int TIME_SHIFT = 24;
    private static final long LOCKED = 1L << 23;
    private static final int LEVEL_SHIFT = 17;
    private static final int MAX_LEVEL = 40;
    private static final int MAX_FAILURES = (1 << LEVEL_SHIFT) - 1;

    private final LockOutSettings settings;
    private final NanoClock clock;
    private final Listener listener;
    private final long origin;
    private final long seed;
    private final AtomicLongArray slots = new AtomicLongArray(SLOTS);

    /** Nobody has tried yet. */
    public LockOut(LockOutSettings settings, NanoClock clock, Listener listener) {
        this(settings, clock, listener, new SecureRandom().nextLong());
    }

    LockOut(LockOutSettings settings, NanoClock clock, Listener listener, long seed) {
        if (settings.failures() < 1 || settings.failures() > MAX_FAILURES) {
            throw new IllegalArgumentException(
                    "failures: " + settings.failures() + " (expected: 1 to " + MAX_FAILURES + ")");
        }
        this.settings = settings;
        this.clock = clock;
        this.listener = listener;
        this.origin = clock.nanos();
        this.seed = seed;
    }

    /**
     * A wrong credential came from this address.
     *
     * @return what to answer instead of the reason; null where the address is not locked out, and was not before this one
     */
    public @Nullable ProxyError failed(InetAddress address) {
        int slot = Party.of(address).slot(seed);
        while (true) {
            long now = now();
            long was = slots.get(slot);
            if (isLocked(was, now)) {
                return refusal(time(was) - now);
            }
            int level = level(was, now);
            int failures = failures(was, now) + 1;
            boolean full = failures >= settings.failures();
            long millis = full ? millis(level) : 0;
            long next = full
                    ? now + millis << TIME_SHIFT | LOCKED | (long) Math.min(level + 1, MAX_LEVEL) << LEVEL_SHIFT
                    : now << TIME_SHIFT | (long) level << LEVEL_SHIFT | failures;
            if (slots.compareAndSet(slot, was, next)) {
                if (full) {
                    listener.lockedOut(address, Duration.ofMillis(millis));
                }
                return null;
            }
        }
    }

    /** How many are locked out now. Looks through the table: for scrapes. */
    public int lockedOut() {
        long now = now();
        int count = 0;
        for (int i = 0; i < SLOTS; i++) {
            if (isLocked(slots.get(i), now)) {
                count++;
            }
        }
        return count;
    }

    // From 1, so that no slot that is in use is 0.
    private long now() {
        return TimeUnit.NANOSECONDS.toMillis(clock.nanos() - origin) + 1;
    }

    private static long time(long slot) {
        return slot >>> TIME_SHIFT;
    }

    private static boolean isLocked(long slot, long now) {
        return (slot & LOCKED) != 0 && time(slot) > now;
    }

    /** How long it was quiet: since the end of a lock-out, or the last wrong credential. */
    private static long quiet(long slot, long now) {
        return Math.max(0, now - time(slot));
    }

    private int level(long slot, long now) {
        long level = slot >>> LEVEL_SHIFT & 0x3f;
        return (int) Math.max(0, level - quiet(slot, now) / settings.longest().toMillis());
    }

    private int failures(long slot, long now) {
        long failures = slot & MAX_FAILURES;
        return (int) Math.max(0, failures - quiet(slot, now) / settings.first().toMillis());
    }

    private long millis(int level) {
        long longest = settings.longest().toMillis();
        long first = settings.first().toMillis();
        return first > longest >>> level ? longest : first << level;
    }

    private static ProxyError refusal(long millis) {
        int seconds = (int) Math.max(1, TimeUnit.MILLISECONDS.toSeconds(millis + 999));
        return ProxyError.tryAgain(
                ErrorCode.LOCKED_OUT,
                "too many wrong credentials came from this address; a valid API key is good at any time",
                seconds);
    }
}
