package dev.corral.auth.key;

import java.math.BigInteger;
import java.util.Arrays;

/** Digits, upper-case and lower-case letters as a number system: survives a double click and needs no escaping. */
final class Base62 {
    static final int RADIX = 62;
    private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private Base62() {}

    static char digit(int value) {
        return ALPHABET.charAt(value);
    }

    static boolean isDigit(int c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
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
