package dev.corral.core.body;

import java.nio.ByteBuffer;

/**
 * The grammar of JSON (RFC 8259) over bytes, each rule a method from an index to the one behind what it read; strict,
 * without recursion, without allocation. Indices are those of the buffer, offsets in messages count from the text's
 * first byte. Confined to one thread, reused.
 */
final class JsonBytes {
    /** What {@link #at} gives behind the last byte. */
    static final int END = JsonWindow.END;

    private static final String[] LITERALS = {"true", "false", "null"};

    private final JsonWindow window = new JsonWindow();
    private final JsonStrings strings = new JsonStrings(window);
    private final long[] objects;
    private final int maxDepth;

    private int size;

    JsonBytes(int maxDepth) {
        this.maxDepth = maxDepth;
        this.objects = new long[(maxDepth >> 6) + 1];
    }

    /** Takes a text up: from the buffer's position to its limit, by absolute reads. */
    void over(ByteBuffer text) {
        window.over(text);
    }

    /** The index of the first byte. */
    int start() {
        return window.start();
    }

    /** The index behind the last byte. */
    int end() {
        return window.end();
    }

    /** The byte at an index, unsigned; {@link #END} behind the last. */
    int at(int index) {
        return window.at(index);
    }

    /** A byte that is known to be there. */
    byte get(int index) {
        return window.get(index);
    }

    /** Whether {@link #word} may be asked for 16 bytes from here on. */
    boolean near(int index) {
        return window.holds(index);
    }

    /** Up to eight bytes, the first one lowest, zeros behind them. */
    long word(int index, int length) {
        long word = window.word(index);
        return length >= Long.BYTES ? word : word & (1L << length * Byte.SIZE) - 1;
    }

    /** Copies bytes out. */
    void copy(int from, byte[] into, int length) {
        window.copy(from, into, length);
    }

    /** Whether the string that was read last has an escape in it. */
    boolean escaped() {
        return strings.escaped();
    }

    /** How many elements or members the array or object had that was skipped last. */
    int size() {
        return size;
    }

    /** Over whitespace. */
    int blank(int index) {
        int i = index;
        int c = window.at(i);
        while (c <= ' ' && (c == ' ' || c == '\n' || c == '\r' || c == '\t')) {
            c = window.at(++i);
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
        return strings.close(index);
    }

    /** A hexadecimal digit's value; negative for anything else. */
    static int hex(int c) {
        if (digit(c)) {
            return c - '0';
        }
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    /** A refusal that says where and what was expected. */
    BadBody expected(int index, String what) {
        return strings.expected(index, what);
    }
}
