package dev.corral.core.body.oracle;

import java.math.BigInteger;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Ollama's {@code api.Duration}, and Go's {@code time.ParseDuration} under it. Values are nanoseconds. */
final class GoDuration implements GoType.Unmarshal {
    private static final BigInteger LIMIT = BigInteger.ONE.shiftLeft(63);
    private static final long SECOND = 1_000_000_000;
    private static final Map<String, Long> UNITS = Map.of(
            "ns", 1L,
            "us", 1_000L,
            "\u00B5s", 1_000L,
            "\u03BCs", 1_000L,
            "ms", 1_000_000L,
            "s", SECOND,
            "m", 60 * SECOND,
            "h", 3600 * SECOND);

    @Override
    public Object zero() {
        return 0L;
    }

    @Override
    public Object read(byte[] json, @Nullable Object old) throws GoRefuses {
        Object value = GoDecoder.unmarshal(GoType.Plain.ANY, json);
        if (value instanceof Double seconds) {
            // Out of range the conversion is the processor's; on amd64 it gives the least number.
            double nanos = seconds * SECOND;
            return seconds < 0 ? Long.MAX_VALUE : nanos >= 0x1p63 ? Long.MIN_VALUE : (long) nanos;
        }
        if (value instanceof String text) {
            long nanos = parse(text);
            return nanos < 0 ? Long.MAX_VALUE : nanos;
        }
        throw new GoRefuses("Unsupported type");
    }

    static long parse(String text) throws GoRefuses {
        String rest = text;
        boolean negative = rest.startsWith("-");
        if (negative || rest.startsWith("+")) {
            rest = rest.substring(1);
        }
        if (rest.equals("0")) {
            return 0;
        }
        if (rest.isEmpty()) {
            throw new GoRefuses("invalid duration");
        }
        BigInteger total = BigInteger.ZERO;
        while (!rest.isEmpty()) {
            int whole = digits(rest, 0);
            boolean point = whole < rest.length() && rest.charAt(whole) == '.';
            int fraction = point ? digits(rest, whole + 1) : whole;
            if (whole == 0 && fraction - (point ? 1 : 0) == 0) {
                throw new GoRefuses("invalid duration");
            }
            int unitEnd = fraction;
            while (unitEnd < rest.length() && rest.charAt(unitEnd) != '.' && !digit(rest.charAt(unitEnd))) {
                unitEnd++;
            }
            Long unit = UNITS.get(rest.substring(fraction, unitEnd));
            if (unit == null) {
                throw new GoRefuses("unknown unit in duration");
            }
            BigInteger value = whole == 0 ? BigInteger.ZERO : new BigInteger(rest.substring(0, whole));
            value = bounded(value.multiply(BigInteger.valueOf(unit)));
            if (point) {
                value = bounded(value.add(fraction(rest.substring(whole + 1, fraction), unit)));
            }
            total = bounded(total.add(value));
            rest = rest.substring(unitEnd);
        }
        if (!negative && total.equals(LIMIT)) {
            throw new GoRefuses("invalid duration");
        }
        return negative ? total.negate().longValueExact() : total.longValueExact();
    }

    /** The fraction's digits count as long as they fit, as {@code leadingFraction} has it. */
    private static BigInteger fraction(String digits, long unit) {
        BigInteger value = BigInteger.ZERO;
        double scale = 1;
        BigInteger most = BigInteger.valueOf(Long.MAX_VALUE / 10);
        for (int i = 0; i < digits.length() && value.compareTo(most) <= 0; i++) {
            BigInteger next = value.multiply(BigInteger.TEN).add(BigInteger.valueOf(digits.charAt(i) - '0'));
            if (next.compareTo(LIMIT) > 0) {
                break;
            }
            value = next;
            scale *= 10;
        }
        return BigInteger.valueOf((long) (value.doubleValue() * (unit / scale)));
    }

    private static BigInteger bounded(BigInteger value) throws GoRefuses {
        if (value.compareTo(LIMIT) > 0) {
            throw new GoRefuses("invalid duration");
        }
        return value;
    }

    private static int digits(String text, int from) {
        int at = from;
        while (at < text.length() && digit(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static boolean digit(char c) {
        return c >= '0' && c <= '9';
    }
}
