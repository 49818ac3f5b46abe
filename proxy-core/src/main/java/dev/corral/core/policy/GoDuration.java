package dev.corral.core.policy;

import java.util.OptionalLong;

/**
 * Durations as Go writes them, such as {@code 5m} or {@code 1h30m}: accepts and refuses just what
 * {@code time.ParseDuration} does (Go {@code time/format.go}), and comes to the same number of nanoseconds.
 */
final class GoDuration {
    private static final long TOO_MUCH = Long.MIN_VALUE; // 2^63, unsigned

    private final String text;
    private int at;

    private GoDuration(String text) {
        this.text = text;
    }

    /** The duration in nanoseconds; empty for what Go refuses. */
    static OptionalLong parse(String text) {
        return new GoDuration(text).nanos();
    }

    private OptionalLong nanos() {
        boolean negative = at < text.length() && text.charAt(at) == '-';
        if (negative || at < text.length() && text.charAt(at) == '+') {
            at++;
        }
        if (text.length() - at == 1 && text.charAt(at) == '0') {
            return OptionalLong.of(0); // the only number without a unit
        }
        if (at == text.length()) {
            return OptionalLong.empty();
        }
        long sum = 0;
        while (at < text.length()) {
            OptionalLong part = part();
            if (part.isEmpty()) {
                return part;
            }
            sum += part.getAsLong();
            // Both at most 2^63: their sum is 2^64, which wraps to 0, only where both are. Go lets that through too.
            if (Long.compareUnsigned(sum, TOO_MUCH) > 0) {
                return OptionalLong.empty();
            }
        }
        if (negative) {
            return OptionalLong.of(-sum);
        }
        return sum == TOO_MUCH ? OptionalLong.empty() : OptionalLong.of(sum);
    }

    /** One number with its unit: at most 2^63, unsigned. */
    private OptionalLong part() {
        int start = at;
        long whole = 0;
        for (; at < text.length() && digit(at); at++) {
            if (whole > Long.MAX_VALUE / 10) {
                return OptionalLong.empty();
            }
            whole = whole * 10 + text.charAt(at) - '0';
            if (Long.compareUnsigned(whole, TOO_MUCH) > 0) {
                return OptionalLong.empty();
            }
        }
        boolean digits = at > start;
        double fraction = 0;
        double scale = 1;
        if (at < text.length() && text.charAt(at) == '.') {
            at++;
            digits |= at < text.length() && digit(at);
            long kept = 0;
            boolean full = false;
            for (; at < text.length() && digit(at); at++) {
                long more = kept * 10 + text.charAt(at) - '0';
                full |= kept > Long.MAX_VALUE / 10 || more < 0;
                if (!full) {
                    kept = more;
                    scale *= 10;
                }
            }
            fraction = kept;
        }
        if (!digits) {
            return OptionalLong.empty();
        }
        long unit = unit();
        if (unit == 0 || Long.compareUnsigned(whole, Long.divideUnsigned(TOO_MUCH, unit)) > 0) {
            return OptionalLong.empty();
        }
        long value = whole * unit + (long) (fraction * (unit / scale));
        return Long.compareUnsigned(value, TOO_MUCH) > 0 ? OptionalLong.empty() : OptionalLong.of(value);
    }

    /** Reads a unit; its nanoseconds, 0 for none. */
    private long unit() {
        int start = at;
        while (at < text.length() && text.charAt(at) != '.' && !digit(at)) {
            at++;
        }
        if (at - start > 2) {
            return 0;
        }
        return switch (text.substring(start, at)) {
            case "ns" -> 1;
            // The micro sign and the Greek letter, both of which Go takes.
            case "us", "\u00b5s", "\u03bcs" -> 1_000;
            case "ms" -> 1_000_000;
            case "s" -> 1_000_000_000;
            case "m" -> 60_000_000_000L;
            case "h" -> 3_600_000_000_000L;
            default -> 0;
        };
    }

    private boolean digit(int index) {
        char c = text.charAt(index);
        return c >= '0' && c <= '9';
    }
}
