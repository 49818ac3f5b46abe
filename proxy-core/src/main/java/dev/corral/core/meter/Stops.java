package dev.corral.core.meter;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Finds the next byte that matters, eight at a time. Bytes that are not ASCII never do. Stateless.
 *
 * <p>The lowest set bit of each test is exact: a subtraction borrows from a byte only where a lower one already stopped.
 */
final class Stops {
    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = ONES << 7;
    // Flipping bit 1 puts the quote on 0x20, right behind the control characters, and the blank behind it.
    private static final long TWOS = ONES << 1;
    private static final long QUOTE_AND_BELOW = ONES * (('"' ^ 2) + 1);
    private static final long BACKSLASHES = ONES * '\\';
    // A bracket with this bit is a brace.
    private static final long BRACES = ONES << 5;
    private static final long OPENING = ONES * '{';
    private static final long CLOSING = ONES * '}';
    private static final long LINE_FEEDS = ONES * '\n';

    private Stops() {}

    /** In a string: to a quote, a backslash or a control character. */
    static int string(byte[] bytes, int from, int to) {
        int i = from;
        for (; i <= to - Long.BYTES; i += Long.BYTES) {
            long word = (long) WORDS.get(bytes, i);
            long stops = ((word ^ TWOS) - QUOTE_AND_BELOW | (word ^ BACKSLASHES) - ONES) & ~word & HIGHS;
            if (stops != 0) {
                return i + (Long.numberOfTrailingZeros(stops) >>> 3);
            }
        }
        for (; i < to; i++) {
            byte c = bytes[i];
            if (c == '"' || c == '\\' || c >= 0 && c < ' ') {
                return i;
            }
        }
        return to;
    }

    /** Between strings: to a quote, a bracket, a brace or a control character. */
    static int structure(byte[] bytes, int from, int to) {
        int i = from;
        for (; i <= to - Long.BYTES; i += Long.BYTES) {
            long word = (long) WORDS.get(bytes, i);
            long braces = word | BRACES;
            long stops = ((word ^ TWOS) - QUOTE_AND_BELOW | (braces ^ OPENING) - ONES | (braces ^ CLOSING) - ONES)
                    & ~word
                    & HIGHS;
            if (stops != 0) {
                return i + (Long.numberOfTrailingZeros(stops) >>> 3);
            }
        }
        for (; i < to; i++) {
            byte c = bytes[i];
            int brace = c | ' ';
            if (c == '"' || brace == '{' || brace == '}' || c >= 0 && c < ' ') {
                return i;
            }
        }
        return to;
    }

    /** To the end of a line. */
    static int line(byte[] bytes, int from, int to) {
        int i = from;
        for (; i <= to - Long.BYTES; i += Long.BYTES) {
            long word = (long) WORDS.get(bytes, i);
            long stops = (word ^ LINE_FEEDS) - ONES & ~word & HIGHS;
            if (stops != 0) {
                return i + (Long.numberOfTrailingZeros(stops) >>> 3);
            }
        }
        for (; i < to; i++) {
            if (bytes[i] == '\n') {
                return i;
            }
        }
        return to;
    }
}
