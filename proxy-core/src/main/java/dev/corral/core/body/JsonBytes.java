package dev.corral.core.body;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The grammar of JSON (RFC 8259) over bytes, each rule a method from an index to the one behind what it read; strict,
 * without recursion, without allocation. Indices are those of the buffer, offsets in messages count from the text's
 * first byte. Confined to one thread, reused.
 */
final class JsonBytes {
    /** What {@link #at} gives behind the last byte. */
    static final int END = -1;

    private static final VarHandle WORDS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle FOURS = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = ONES << 7;
    private static final long TWOS = ONES << 1;
    private static final long QUOTE_AND_BELOW = ONES * (('"' ^ 2) + 1);
    private static final long BACKSLASHES = ONES * '\\';

    private static final String UTF8 = "UTF-8";
    private static final String[] LITERALS = {"true", "false", "null"};

    private final long[] objects;
    private final int maxDepth;

    private ByteBuffer bytes = ByteBuffer.allocate(0);
    private int start;
    private int end;
    private boolean escaped;
    private int size;

    JsonBytes(int maxDepth) {
        this.maxDepth = maxDepth;
        this.objects = new long[(maxDepth >> 6) + 1];
    }

    /** Takes a text up: from the buffer's position to its limit, by absolute reads. */
    void over(ByteBuffer text) {
        bytes = text;
        start = text.position();
        end = text.limit();
    }

    /** The index of the first byte. */
    int start() {
        return start;
    }

    /** The index behind the last byte. */
    int end() {
        return end;
    }

    /** The byte at an index, unsigned; {@link #END} behind the last. */
    int at(int index) {
        return index < end ? bytes.get(index) & 0xff : END;
    }

    /** A byte that is known to be there. */
    byte get(int index) {
        return bytes.get(index);
    }

    /** Copies bytes out. */
    void copy(int from, byte[] into, int length) {
        bytes.get(from, into, 0, length);
    }

    /** Whether the string that was read last has an escape in it. */
    boolean escaped() {
        return escaped;
    }

    /** How many elements or members the array or object had that was skipped last. */
    int size() {
        return size;
    }

    /** Over whitespace. */
    int blank(int index) {
        int i = index;
        while (i < end) {
            byte c = bytes.get(i);
            if (c > ' ' || c != ' ' && c != '\n' && c != '\r' && c != '\t') {
                break;
            }
            i++;
        }
        return i;
    }

    /** From behind a member's name to its value, over the colon. */
    int colon(int index) throws BadBody {
        int i = blank(index);
        if (at(i) != ':') {
            throw expected(i, "':'");
        }
        return blank(i + 1);
    }

    /** What kind of value begins here, by its first byte. */
    JsonFields.Kind kind(int index) throws BadBody {
        int c = at(index);
        return switch (c) {
            case '{' -> JsonFields.Kind.OBJECT;
            case '[' -> JsonFields.Kind.ARRAY;
            case '"' -> JsonFields.Kind.STRING;
            case 't' -> JsonFields.Kind.TRUE;
            case 'f' -> JsonFields.Kind.FALSE;
            case 'n' -> JsonFields.Kind.NULL;
            default -> {
                if (c != '-' && !digit(c)) {
                    throw expected(index, "a value");
                }
                yield JsonFields.Kind.NUMBER;
            }
        };
    }

    /**
     * Over any value.
     *
     * @param depth how many arrays and objects are open around it
     */
    int skip(int index, int depth) throws BadBody {
        int i = index;
        int c = at(i);
        if (c != '{' && c != '[') {
            return scalar(i, c);
        }
        int level = open(i, depth, c == '{');
        boolean object = c == '{';
        boolean fresh = true;
        int count = 0;
        i++;
        while (true) {
            i = blank(i);
            c = at(i);
            if (c == (object ? '}' : ']')) {
                i++;
                level--;
                if (level == depth) {
                    size = count;
                    return i;
                }
                object = isObject(level);
                fresh = false;
                continue;
            }
            if (!fresh) {
                i = comma(i, object);
            }
            fresh = false;
            if (level == depth + 1) {
                count++;
            }
            if (object) {
                i = colon(name(i));
            }
            c = at(i);
            if (c == '{' || c == '[') {
                object = c == '{';
                level = open(i, level, object);
                fresh = true;
                i++;
            } else {
                i = scalar(i, c);
            }
        }
    }

    /** Over the comma between two members or elements. */
    int comma(int index, boolean object) throws BadBody {
        if (at(index) != ',') {
            throw expected(index, object ? "',' or '}'" : "',' or ']'");
        }
        return blank(index + 1);
    }

    /** Over a member's name, with its quotes. */
    int name(int index) throws BadBody {
        if (at(index) != '"') {
            throw expected(index, "a member's name in quotes");
        }
        return string(index + 1) + 1;
    }

    /** One level deeper. */
    int open(int index, int depth, boolean object) throws BadBody {
        if (depth >= maxDepth) {
            throw expected(index, "at most " + maxDepth + " levels of arrays and objects");
        }
        long bit = 1L << depth;
        if (object) {
            objects[depth >> 6] |= bit;
        } else {
            objects[depth >> 6] &= ~bit;
        }
        return depth + 1;
    }

    private boolean isObject(int level) {
        return (objects[level - 1 >> 6] & 1L << level - 1) != 0;
    }

    private int scalar(int index, int c) throws BadBody {
        if (c == '"') {
            return string(index + 1) + 1;
        }
        return c == 't' || c == 'f' || c == 'n' ? literal(index) : number(index);
    }

    /** Over {@code true}, {@code false} or {@code null}. */
    int literal(int index) throws BadBody {
        for (String word : LITERALS) {
            if (at(index) == word.charAt(0)) {
                for (int i = 1; i < word.length(); i++) {
                    if (at(index + i) != word.charAt(i)) {
                        throw expected(index, word);
                    }
                }
                return index + word.length();
            }
        }
        throw expected(index, "a value");
    }

    /** Over a number. */
    int number(int index) throws BadBody {
        int i = at(index) == '-' ? index + 1 : index;
        int c = at(i);
        if (!digit(c)) {
            throw expected(i, i == index ? "a value" : "a digit");
        }
        i = c == '0' ? i + 1 : digits(i);
        if (at(i) == '.') {
            i = digits(i + 1);
        }
        c = at(i);
        if (c == 'e' || c == 'E') {
            c = at(i + 1);
            i = digits(c == '+' || c == '-' ? i + 2 : i + 1);
        }
        return i;
    }

    private int digits(int index) throws BadBody {
        int i = index;
        if (!digit(at(i))) {
            throw expected(i, "a digit");
        }
        do {
            i++;
        } while (digit(at(i)));
        return i;
    }

    private static boolean digit(int c) {
        return c >= '0' && c <= '9';
    }

    /**
     * To the end of a string.
     *
     * @param index behind the quote that opens it
     * @return the index of the quote that closes it
     */
    int string(int index) throws BadBody {
        escaped = false;
        int i = index;
        while (true) {
            i = plain(i);
            int c = at(i);
            if (c == '"') {
                return i;
            }
            if (c == '\\') {
                escaped = true;
                i = escape(i);
            } else if (c >= 0x80) {
                i = foreign(i);
            } else {
                throw expected(i, c == END ? "the string's end" : "an escape instead of a raw control character");
            }
        }
    }

    /** To the next byte of a string that is a quote, a backslash, a control character or no ASCII. */
    private int plain(int index) {
        int i = index;
        int last = end - Long.BYTES;
        while (i <= last) {
            long word = (long) WORDS.get(bytes, i);
            // Flipping bit 1 puts the quote on 0x20, right behind the control characters, and the blank behind it. The
            // lowest set bit is exact: a subtraction borrows from a byte only where a lower one already stopped.
            long stops = ((word ^ TWOS) - QUOTE_AND_BELOW | (word ^ BACKSLASHES) - ONES | word) & HIGHS;
            if (stops != 0) {
                return i + (Long.numberOfTrailingZeros(stops) >>> 3);
            }
            i += Long.BYTES;
        }
        while (i < end) {
            byte c = bytes.get(i);
            if (c < ' ' || c == '"' || c == '\\') {
                break;
            }
            i++;
        }
        return i;
    }

    private int escape(int index) throws BadBody {
        switch (at(index + 1)) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> {
                return index + 2;
            }
            case 'u' -> {
                for (int i = index + 2; i < index + 6; i++) {
                    if (hex(at(i)) < 0) {
                        throw expected(i, "a hexadecimal digit");
                    }
                }
                return index + 6;
            }
            default -> throw expected(index + 1, "one of \" \\ / b f n r t u behind a backslash");
        }
    }

    /** A hexadecimal digit's value; negative for anything else. */
    static int hex(int c) {
        if (digit(c)) {
            return c - '0';
        }
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    /** Over characters that are not ASCII (RFC 3629: nothing overlong, no surrogates, nothing beyond U+10FFFF). */
    private int foreign(int index) throws BadBody {
        int i = index;
        do {
            // The next four bytes, the first one lowest; zeros, which continue nothing, behind the end.
            int four = i <= end - Integer.BYTES ? (int) FOURS.get(bytes, i) : rest(i);
            if ((four & 0xc0c0f0) == 0x8080e0) {
                int range = four & 0x200f;
                if (range == 0 || range == 0x200d) {
                    throw expected(i, UTF8);
                }
                i += 3;
            } else if ((four & 0xc0e0) == 0x80c0 && (four & 0x1e) != 0) {
                i += 2;
            } else {
                int plane = (four & 7) << 2 | four >> 12 & 3;
                if ((four & 0xc0c0c0f8) != 0x808080f0 || plane == 0 || plane > 0x10) {
                    throw expected(i, UTF8);
                }
                i += 4;
            }
        } while (i < end && bytes.get(i) < 0);
        return i;
    }

    private int rest(int index) {
        int four = 0;
        for (int i = index; i < end; i++) {
            four |= (bytes.get(i) & 0xff) << 8 * (i - index);
        }
        return four;
    }

    /** A refusal that says where and what was expected. */
    BadBody expected(int index, String what) {
        return new BadBody(new ProxyError(
                ErrorCode.INVALID_BODY, "invalid JSON at byte " + (index - start) + ": expected " + what));
    }
}
