package dev.corral.server.state.redis;

import dev.corral.auth.limit.CalendarSpan;
import dev.corral.core.spi.NanoClock;
import java.time.ZoneId;

/**
 * Which day it is where Redis keeps the time, so that replicas whose clocks differ count in the same day. What a script
 * answers tells its time; a script that is called with another day than its own does nothing but tell.
 */
final class RedisCalendar {
    private final ZoneId zone;
    private final NanoClock clock;
    private volatile long aheadMillis;
    private volatile CalendarSpan span;

    RedisCalendar(ZoneId zone, NanoClock clock) {
        this.zone = zone;
        this.clock = clock;
        this.span = CalendarSpan.of(zone, clock.epochMillis());
    }

    /** The present day, as far as is known here. */
    CalendarSpan present() {
        long now = clock.epochMillis() + aheadMillis;
        CalendarSpan known = span;
        if (!known.holds(now)) {
            known = CalendarSpan.of(zone, now);
            span = known;
        }
        return known;
    }

    /** Redis says what time it is. */
    void told(long millis) {
        aheadMillis = millis - clock.epochMillis();
    }
}
