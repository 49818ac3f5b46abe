package dev.corral.core;

import java.time.Duration;

/**
 * What becomes of addresses that send wrong credentials. IPv6 counts by /64.
 *
 * @param enabled whether anything does
 * @param failures after so many wrong ones the address is locked out: its further wrong ones are refused without a reason
 * @param first for how long, the first time; one wrong credential is forgotten in each such time, too
 * @param longest how long at most: each lock-out lasts twice as long as the one before, until there was none for so long
 */
public record LockOutSettings(boolean enabled, int failures, Duration first, Duration longest) {
    public static final LockOutSettings DEFAULTS =
            new LockOutSettings(true, 20, Duration.ofMinutes(1), Duration.ofHours(1));
}
