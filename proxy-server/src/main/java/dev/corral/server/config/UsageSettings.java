package dev.corral.server.config;

import java.time.Duration;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * How usage is added up.
 *
 * @param timeZone where days and months begin; null for this machine's
 * @param retention how long usage by key, model and day is kept, in whole days
 */
public record UsageSettings(@Nullable ZoneId timeZone, Duration retention) {
    public static final UsageSettings DEFAULTS = new UsageSettings(null, Duration.ofDays(400));

    /** Where days and months begin. */
    public ZoneId zone() {
        return timeZone == null ? ZoneId.systemDefault() : timeZone;
    }
}
