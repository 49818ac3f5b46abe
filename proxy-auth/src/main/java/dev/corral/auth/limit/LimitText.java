package dev.corral.auth.limit;

import org.jspecify.annotations.Nullable;

/** How people write limits: {@code 500}, {@code 20k}, {@code 2M}, {@code none}. */
public final class LimitText {
    /** What {@link #parse} takes, for messages. */
    public static final String EXPECTED = "a whole number from 1, such as 500, 20k or 2M, or none";

    /** The largest limit that can be written: far from where sums would not fit a long. */
    public static final long MAX = 1_000_000_000_000L;

    private static final String NONE = "none";

    private LimitText() {}

    /** The limit, {@link LimitSet#UNLIMITED} for {@code none}, or null where the text is anything else. */
    public static @Nullable Long parse(String text) {
        if (text.equals(NONE)) {
            return LimitSet.UNLIMITED;
        }
        long unit = text.endsWith("k") ? 1_000 : text.endsWith("M") ? 1_000_000 : 1;
        int end = unit == 1 ? text.length() : text.length() - 1;
        if (end == 0) {
            return null;
        }
        long number = 0;
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return null;
            }
            number = number * 10 + c - '0';
            if (number > MAX) {
                return null;
            }
        }
        long value = number * unit;
        return value >= 1 && value <= MAX ? value : null;
    }

    /** The same limit in digits, or {@code none}. */
    public static String format(long limit) {
        return limit == LimitSet.UNLIMITED ? NONE : Long.toString(limit);
    }
}
