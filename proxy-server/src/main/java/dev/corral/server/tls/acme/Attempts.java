package dev.corral.server.tls.acme;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of the latest attempts. Written before each one, so that a program that is killed in the middle and started
 * again and again does not use up what the authority allows.
 *
 * @param failures since the last success
 * @param last when the latest of them began; null without any
 * @param retryAfter before when the authority does not want to be asked; null where it has not said
 */
record Attempts(
        int failures, @Nullable Instant last, @Nullable Instant retryAfter) {
    static final Attempts NONE = new Attempts(0, null, null);

    /** Four in the first hour: Let's Encrypt allows five that fail, for each name and hour. */
    private static final List<Duration> DELAYS = List.of(
            Duration.ofMinutes(1),
            Duration.ofMinutes(10),
            Duration.ofMinutes(30),
            Duration.ofHours(1),
            Duration.ofHours(2),
            Duration.ofHours(4),
            Duration.ofHours(8),
            Duration.ofHours(12));

    /** Whoever has mended the reason restarts the program, and shall not wait half a day; but it may be in a loop. */
    private static final Duration AFTER_START = Duration.ofMinutes(15);

    /** No authority says more than a week; what does is a mistake. */
    private static final Duration LONGEST = Duration.ofDays(8);

    /** As the next attempt begins. */
    Attempts begun(Instant now) {
        return new Attempts(failures + 1, now, null);
    }

    /** The authority does not want to be asked before. */
    Attempts asked(@Nullable Instant until) {
        return new Attempts(failures, last, until);
    }

    /** As of now: those of a clock that was ahead shall not be waited for until the clock gets there. */
    Attempts seen(Instant now) {
        return last != null && last.isAfter(now) ? new Attempts(failures, now, null) : this;
    }

    /**
     * Before when there is none.
     *
     * @param jitter from -1 to 1, so that many who failed together do not come back together
     * @param atStart whether this program has not tried yet
     */
    Instant next(double jitter, boolean atStart) {
        if (last == null) {
            return Instant.MIN;
        }
        Duration delay = DELAYS.get(Math.min(Math.max(failures, 1), DELAYS.size()) - 1);
        if (atStart && delay.compareTo(AFTER_START) > 0) {
            delay = AFTER_START;
        }
        Instant next = last.plusMillis((long) (delay.toMillis() * (1 + 0.15 * jitter)));
        Instant latest = last.plus(LONGEST);
        if (retryAfter == null || retryAfter.isBefore(next)) {
            return next;
        }
        return retryAfter.isBefore(latest) ? retryAfter : latest;
    }
}
