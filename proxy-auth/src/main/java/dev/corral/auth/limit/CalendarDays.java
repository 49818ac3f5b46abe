package dev.corral.auth.limit;

import dev.corral.core.spi.NanoClock;
import java.time.Duration;
import java.time.ZoneId;

/**
 * Tells the present day of a time zone. Any thread; does not block: the calendar is asked once a day, by whoever comes
 * first.
 *
 * <p>A clock that is set back does not bring the day before back, for two days at most: else its quota could be had
 * twice. Where it goes back further, the time before was wrong, and nobody shall wait for it; what was counted stays
 * counted ({@link Ledger}).
 */
final class CalendarDays {
    private static final long LARGEST_STEP_BACK = Duration.ofDays(2).toMillis();

    private final ZoneId zone;
    private final NanoClock clock;
    private volatile Window present;

    CalendarDays(ZoneId zone, NanoClock clock) {
        this.zone = zone;
        this.clock = clock;
        this.present = of(clock.epochMillis(), 0);
    }

    /** The present day. */
    Window present() {
        return present(clock.epochMillis());
    }

    /** The same where the time is known. */
    Window present(long now) {
        Window window = present;
        return holds(window, now) ? window : next(now);
    }

    private synchronized Window next(long now) {
        Window window = present;
        if (!holds(window, now)) {
            window = of(now, window.version() + 1);
            present = window;
        }
        return window;
    }

    private static boolean holds(Window window, long now) {
        return now < window.endMillis() && now >= window.startMillis() - LARGEST_STEP_BACK;
    }

    private Window of(long now, long version) {
        CalendarSpan span = CalendarSpan.of(zone, now);
        return new Window(version, span.date(), span.dayStart(), span.dayEnd(), span.monthEnd());
    }
}
