package dev.corral.auth.key;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * Reads the one form in which the key file has times, {@code 2026-12-31T00:00:00Z} with an optional fraction of up to
 * nine digits (RFC 3339 section 5.6). {@link Instant#parse} reads it too, and takes most of the time in which a large
 * key file must be loaded.
 */
final class UtcTime {
    static final String EXPECTED = "a UTC time from 1970 to 9999 such as \"2026-12-31T00:00:00Z\"";

    private static final String FORM = "0000-00-00T00:00:00";

    private UtcTime() {}

    /** The time, or null where the text is anything else. */
    static @Nullable Instant parse(String text) {
        int end = text.length() - 1;
        if (end < FORM.length() || text.charAt(end) != 'Z' || !hasForm(text)) {
            return null;
        }
        int nanos = fraction(text, end);
        int year = number(text, 0, 4);
        // Milliseconds of what passes fit a long, which is more than Instant can promise.
        if (nanos < 0 || year < 1970) {
            return null;
        }
        try {
            return LocalDateTime.of(
                            year,
                            number(text, 5, 7),
                            number(text, 8, 10),
                            number(text, 11, 13),
                            number(text, 14, 16),
                            number(text, 17, 19),
                            nanos)
                    .toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static boolean hasForm(String text) {
        for (int i = 0; i < FORM.length(); i++) {
            char wanted = FORM.charAt(i);
            if (wanted == '0' ? !isDigit(text.charAt(i)) : text.charAt(i) != wanted) {
                return false;
            }
        }
        return true;
    }

    /** Nanoseconds; -1 where it is no fraction. */
    private static int fraction(String text, int end) {
        int from = FORM.length();
        if (from == end) {
            return 0;
        }
        int digits = end - from - 1;
        if (text.charAt(from) != '.' || digits < 1 || digits > 9) {
            return -1;
        }
        int nanos = 0;
        for (int i = from + 1; i <= from + 9; i++) {
            if (i < end && !isDigit(text.charAt(i))) {
                return -1;
            }
            nanos = nanos * 10 + (i < end ? text.charAt(i) - '0' : 0);
        }
        return nanos;
    }

    private static int number(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            number = number * 10 + text.charAt(i) - '0';
        }
        return number;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
