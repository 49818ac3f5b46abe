package dev.corral.auth.limit;

import java.time.LocalDate;

/**
 * A calendar day and its month.
 *
 * @param version counts up with every change of the window, also where the clock was set back
 * @param date the day
 * @param startMillis when the day begins, milliseconds since the epoch
 * @param endMillis when the next day begins
 * @param monthEndMillis when the next month begins
 */
record Window(long version, LocalDate date, long startMillis, long endMillis, long monthEndMillis) {
    /** Whether this is a later day. */
    boolean dayAfter(Window other) {
        return date.isAfter(other.date);
    }

    /** Whether this is in a later month. */
    boolean monthAfter(Window other) {
        return dayAfter(other) && !sameMonth(other);
    }

    boolean sameDay(Window other) {
        return date.equals(other.date);
    }

    boolean sameMonth(Window other) {
        return date.getMonthValue() == other.date.getMonthValue() && date.getYear() == other.date.getYear();
    }
}
