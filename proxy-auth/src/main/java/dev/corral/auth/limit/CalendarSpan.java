package dev.corral.auth.limit;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

/**
 * The day and the month around a moment in a time zone, for everything that counts by days; milliseconds since the epoch,
 * ends excluded.
 *
 * @param date the day
 * @param dayStart when it begins, which is not midnight everywhere and always
 * @param dayEnd when the next day begins
 * @param monthStart when the month begins
 * @param monthEnd when the next month begins
 */
public record CalendarSpan(LocalDate date, long dayStart, long dayEnd, long monthStart, long monthEnd) {
    /**
     * The day and the month of a moment.
     *
     * @param millis since the epoch
     */
    public static CalendarSpan of(ZoneId zone, long millis) {
        LocalDate date = Instant.ofEpochMilli(millis).atZone(zone).toLocalDate();
        // In the hour that comes twice the date may be one whose end is past already.
        while (start(zone, date.plusDays(1)) <= millis) {
            date = date.plusDays(1);
        }
        LocalDate month = date.withDayOfMonth(1);
        return new CalendarSpan(
                date,
                start(zone, date),
                start(zone, date.plusDays(1)),
                start(zone, month),
                start(zone, month.plusMonths(1)));
    }

    /** Whether a moment is of this day. */
    public boolean holds(long millis) {
        return millis >= dayStart && millis < dayEnd;
    }

    private static long start(ZoneId zone, LocalDate date) {
        return date.atStartOfDay(zone).toInstant().toEpochMilli();
    }
}
