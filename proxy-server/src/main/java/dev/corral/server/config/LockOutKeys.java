package dev.corral.server.config;

import static dev.corral.server.config.Types.BOOLEAN;
import static dev.corral.server.config.Types.duration;
import static dev.corral.server.config.Types.number;

import dev.corral.core.LockOutSettings;
import java.time.Duration;
import java.util.function.Function;

/** The settings of what becomes of addresses that send wrong credentials. */
final class LockOutKeys {
    final Setting<Boolean> enabled = lockOut(
            "enabled",
            BOOLEAN,
            "Whether it is done; a valid key from the same address is good all the same.",
            LockOutSettings::enabled);
    final Setting<Integer> failures = lockOut(
            "failures",
            number(1, 10_000),
            "After so many wrong credentials from one address, or one IPv6 network of 64 bits, its further wrong ones are"
                    + " refused with 429.",
            LockOutSettings::failures);
    final Setting<Duration> first = lockOut(
            "first",
            duration(Duration.ofSeconds(1), Duration.ofDays(1)),
            "For how long, the first time; one wrong credential is forgotten in each such time, too.",
            LockOutSettings::first);
    final Setting<Duration> longest = lockOut(
            "longest",
            duration(Duration.ofSeconds(1), Duration.ofDays(7)),
            "Each lock-out lasts twice as long as the one before, at most so long; at least first. After so long without one"
                    + " the next is shorter again.",
            LockOutSettings::longest);

    private static <T> Setting<T> lockOut(
            String key, Type<T> type, String description, Function<LockOutSettings, T> of) {
        return Settings.setting(
                "lockout." + key,
                type,
                description,
                c -> of.apply(c.core().edge().lockOut()));
    }
}
