package dev.corral.server.state;

import dev.corral.core.spi.NanoClock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

/** Which day it is in a time zone, reckoned once a day. Any thread. */
final class Days {
    private record Day(LocalDate date, long from, long to) {}

    private final ZoneId zone;
    private final NanoClock clock;
    private volatile Day current;

    Days(ZoneId zone, NanoClock clock) {
        this.zone = zone;
        this.clock = clock;
        this.current = day(clock.epochMillis());
    }

    LocalDate today() {
        long now = clock.epochMillis();
        Day day = current;
        if (now < day.from() || now >= day.to()) {
            day = day(now);
            current = day;
        }
        return day.date();
    }

    private Day day(long epochMillis) {
        LocalDate date = LocalDate.ofInstant(Instant.ofEpochMilli(epochMillis), zone);
        return new Day(date, start(date), start(date.plusDays(1)));
    }

    private long start(LocalDate date) {
        return date.atStartOfDay(zone).toInstant().toEpochMilli();
    }
}
