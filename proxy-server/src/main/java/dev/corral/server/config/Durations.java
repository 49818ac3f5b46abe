package dev.corral.server.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Durations as people write them: one whole number and one unit, such as {@code 250ms 10s 5m 12h 30d}. */
public final class Durations {
    /** What a duration looks like, for messages. */
    public static final String EXPECTATION = "a duration such as 10s, 5m, 12h";

    /** At most nine digits, so that no unit overflows a long of milliseconds. */
    private static final Pattern LITERAL = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");

    private static final long SECOND = 1_000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    private Durations() {}

    /** The duration that {@code text} names, to the millisecond and never negative; null if it is not a duration. */
    public static @Nullable Duration parse(String text) {
        Matcher literal = LITERAL.matcher(text);
        if (!literal.matches()) {
            return null;
        }
        long unit = switch (literal.group(2)) {
            case "ms" -> 1;
            case "s" -> SECOND;
            case "m" -> MINUTE;
            case "h" -> HOUR;
            default -> DAY;
        };
        return Duration.ofMillis(Long.parseLong(literal.group(1)) * unit);
    }

    /** The shortest text that {@link #parse} reads as this duration, in whole milliseconds, with the largest unit that fits. */
    public static String format(Duration duration) {
        long millis = duration.toMillis();
        if (millis == 0) {
            return "0s";
        }
        if (millis % DAY == 0) {
            return millis / DAY + "d";
        }
        if (millis % HOUR == 0) {
            return millis / HOUR + "h";
        }
        if (millis % MINUTE == 0) {
            return millis / MINUTE + "m";
        }
        return millis % SECOND == 0 ? millis / SECOND + "s" : millis + "ms";
    }
}
