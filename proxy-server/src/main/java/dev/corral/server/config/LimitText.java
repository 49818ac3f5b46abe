package dev.corral.server.config;

import dev.corral.auth.limit.LimitSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Limits as people write them: {@code 30 20k 2M none}. */
final class LimitText {
    static final String EXPECTATION = "a number from 1, such as 30, 20k or 2M; \"none\" for no limit";

    private static final Pattern LITERAL = Pattern.compile("([0-9]{1,9})(k|M)?");
    private static final long KILO = 1_000;
    private static final long MEGA = 1_000_000;

    private LimitText() {}

    static @Nullable Long parse(String text) {
        if (text.equals("none")) {
            return LimitSet.UNLIMITED;
        }
        Matcher literal = LITERAL.matcher(text);
        if (!literal.matches()) {
            return null;
        }
        String unit = literal.group(2);
        long value = Long.parseLong(literal.group(1)) * (unit == null ? 1 : unit.equals("k") ? KILO : MEGA);
        return value == 0 ? null : (Long) value;
    }

    static String format(long limit) {
        if (limit == LimitSet.UNLIMITED) {
            return "none";
        }
        if (limit % MEGA == 0) {
            return limit / MEGA + "M";
        }
        return limit % KILO == 0 ? limit / KILO + "k" : Long.toString(limit);
    }
}
