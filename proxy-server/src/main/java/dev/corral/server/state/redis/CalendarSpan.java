package dev.corral.server.state.redis;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

/**
 * The day and the month around a moment in a time zone; milliseconds since the epoch, ends excluded.
 *
 * @param dayStart what the day is called in Redis
 * @param monthStart what the month is called in Redis
 */
record CalendarSpan(long dayStart, long dayEnd, long monthStart, long monthEnd) {
    static CalendarSpan of(ZoneId zone, long millis) {
        LocalDate date = Instant.ofEpochMilli(millis).atZone(zone).toLocalDate();
        // In the hour that comes twice the date may be one whose end is past already.
        while (start(zone, date.plusDays(1)) <= millis) {
            date = date.plusDays(1);
        }
        LocalDate month = date.withDayOfMonth(1);
        return new CalendarSpan(
                start(zone, date), start(zone, date.plusDays(1)), start(zone, month), start(zone, month.plusMonths(1)));
    }

    boolean holds(long millis) {
        return millis >= dayStart && millis < dayEnd;
    }

    private static long start(ZoneId zone, LocalDate date) {
        return date.atStartOfDay(zone).toInstant().toEpochMilli();
    }
}
