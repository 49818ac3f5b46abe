package dev.corral.server.config;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes in bytes as people write them: {@code 512 8KiB 32MiB 1GiB}. Units are powers of 1024 and named so. */
public final class Sizes {
    /** What a size looks like, for messages. */
    public static final String EXPECTATION = "a size such as 512, 8KiB, 32MiB, 1GiB";

    /** At most nine digits, so that no unit overflows a long. */
    private static final Pattern LITERAL = Pattern.compile("([0-9]{1,9})(KiB|MiB|GiB)?");

    private Sizes() {}

    /** The number of bytes that {@code text} names, never negative; empty if it is not a size. */
    public static OptionalLong parse(String text) {
        Matcher literal = LITERAL.matcher(text);
        if (!literal.matches()) {
            return OptionalLong.empty();
        }
        String unit = literal.group(2);
        int shift = unit == null
                ? 0
                : switch (unit) {
                    case "KiB" -> 10;
                    case "MiB" -> 20;
                    default -> 30;
                };
        return OptionalLong.of(Long.parseLong(literal.group(1)) << shift);
    }

    /** The text that {@link #parse} reads as this many bytes, with the largest unit that divides it. */
    public static String format(long bytes) {
        if (bytes == 0) {
            return "0";
        }
        if (bytes % (1L << 30) == 0) {
            return (bytes >> 30) + "GiB";
        }
        if (bytes % (1L << 20) == 0) {
            return (bytes >> 20) + "MiB";
        }
        return bytes % (1L << 10) == 0 ? (bytes >> 10) + "KiB" : Long.toString(bytes);
    }
}
