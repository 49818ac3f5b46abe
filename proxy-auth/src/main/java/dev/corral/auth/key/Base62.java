package dev.corral.auth.key;

import java.math.BigInteger;
import java.util.Arrays;

/** Digits, upper-case and lower-case letters as a number system: survives a double click and needs no escaping. */
final class Base62 {
    static final int RADIX = 62;
    private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    // One look for each character of a key that a stranger may have sent, instead of up to six comparisons.
    private static final boolean[] DIGITS = new boolean[128];

    static {
        ALPHABET.chars().forEach(c -> DIGITS[c] = true);
    }

    private Base62() {}

    static char digit(int value) {
        return ALPHABET.charAt(value);
    }

    static boolean isDigit(int c) {
        return c >= 0 && c < DIGITS.length && DIGITS[c];
    }

    /** Whether {@link #encode(long, int) encode} makes these bytes of the value, without making anything. */
    static boolean isEncoded(long value, byte[] ascii, int from, int to) {
        long rest = value;
        for (int i = to - 1; i >= from; i--) {
            if (ascii[i] != digit((int) (rest % RADIX))) {
                return false;
            }
            rest /= RADIX;
        }
        return true;
    }

    /** Fixed width, most significant digit first; the value must fit and not be negative. */
    static String encode(long value, int width) {
        char[] digits = new char[width];
        long rest = value;
        for (int i = width - 1; i >= 0; i--) {
            digits[i] = digit((int) (rest % RADIX));
            rest /= RADIX;
        }
        return new String(digits);
    }

    /** Fixed width, most significant digit first; the bytes are one unsigned big-endian number that must fit. */
    static String encode(byte[] value, int width) {
        char[] digits = new char[width];
        Arrays.fill(digits, '0');
        BigInteger radix = BigInteger.valueOf(RADIX);
        BigInteger rest = new BigInteger(1, value);
        for (int i = width - 1; i >= 0; i--) {
            BigInteger[] parts = rest.divideAndRemainder(radix);
            digits[i] = digit(parts[1].intValue());
            rest = parts[0];
        }
        return new String(digits);
    }
}
