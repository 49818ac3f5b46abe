package dev.corral.core.meter;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads values at known places out of JSON objects that come in any pieces. Keeps no text but short names, follows only
 * the few levels on which something is read, and counts brackets below them: nothing inside a string or another object
 * can be taken for what stands at such a place. What is no JSON makes it deaf until {@link #reset}. Never throws, allocates
 * nothing after its creation. Confined to one thread.
 */
final class JsonReader {
    // Beyond any number of tokens, and below what overflows when some of them are added.
    private static final long MOST = 1L << 60;
    private static final byte[][] WORDS = {word("true"), word("false"), word("null")};
    // The longest type is response.reasoning_summary_text.delta or one like it.
    private static final int LONGEST_TYPE = 64;

    private enum State {
        VALUE,
        FIRST_MEMBER,
        FIRST_ELEMENT,
        NAME,
        IN_NAME,
        COLON,
        STRING,
        NUMBER,
        WORD,
        /** In an object or array in which nothing is read. */
        NESTED,
        NESTED_STRING,
        /** Behind a value: a comma or the end of what it stands in. */
        BEHIND,
        WHOLE,
        DEAF
    }

    private final PathTree root;
    private final PathTree[] open = new PathTree[PathTree.MAX_DEPTH];
    private final long[] numbers = new long[Slot.COUNT];
    private final byte[] name = new byte[PathTree.LONGEST_NAME];
    private final byte[] type = new byte[LONGEST_TYPE];

    private State state = State.VALUE;
    private int depth;
    private int objects;
    private @Nullable PathTree place;
    private long nested;
    private boolean fresh;
    private boolean escape;
    private boolean plain;
    private int length;
    private int typeLength;
    private long number;
    private int word;

    private int present;
    private int filled;
    private long contentBytes;

    // Of the stream: where the first byte that was handed in stands, and of the object: its last comma, the name behind
    // it, and what has to go so that the member USAGE is gone.
    private long origin;
    private long comma;
    private long nameStart;
    private long cutStart;
    private long cutEnd;
    private boolean cutFollowing;

    JsonReader(PathTree root) {
        this.root = root;
        reset();
    }

    /** Forgets the object; the next one begins. */
    void reset() {
        state = State.VALUE;
        place = root;
        depth = 0;
        escape = false;
        present = 0;
        filled = 0;
        typeLength = 0;
        cutStart = -1;
        cutFollowing = false;
    }

    /** Whether the object was read to its end. */
    boolean whole() {
        return state == State.WHOLE;
    }

    /** Whether there was a value, and not null. */
    boolean present(Slot slot) {
        return (present & slot.bit()) != 0;
    }

    /** Whether the value was true, or a string, an array or an object that is not empty. */
    boolean filled(Slot slot) {
        return (filled & slot.bit()) != 0;
    }

    /** A whole number, not negative; 0 where there was none. */
    long number(Slot slot) {
        return present(slot) ? numbers[slot.ordinal()] : 0;
    }

    /** Whether something came that is no JSON object. */
    boolean deaf() {
        return state == State.DEAF;
    }

    /** The bytes of all content so far, of all objects. */
    long contentBytes() {
        boolean within = state == State.STRING && place != null && place.slot() == Slot.CONTENT;
        return within ? contentBytes + length : contentBytes;
    }

    boolean typeIs(byte[] ascii) {
        return typeLength == ascii.length && typeEndsWith(ascii);
    }

    boolean typeEndsWith(byte[] ascii) {
        int from = typeLength - ascii.length;
        return from >= 0 && typeLength <= LONGEST_TYPE && Arrays.equals(type, from, typeLength, ascii, 0, ascii.length);
    }

    /** Where the member USAGE of the object begins in the stream, the comma before it included; negative for none. */
    long cutStart() {
        return cutStart;
    }

    /** Behind it. */
    long cutEnd() {
        return cutEnd;
    }

    /**
     * Reads on, to a line feed or behind the end of the object.
     *
     * @param offset where {@code bytes[0]} would stand in the stream
     * @return the index of a line feed, which was not read; or behind the object, if it ended just now; or {@code to}
     */
    int read(byte[] bytes, int from, int to, long offset) {
        origin = offset;
        int i = from;
        while (i < to) {
            byte c = bytes[i];
            if (c == '\n') {
                return i;
            }
            switch (state) {
                case IN_NAME, STRING, NESTED_STRING -> i = string(bytes, i, to);
                case NESTED -> i = nested(bytes, i, to);
                case NUMBER -> i = number(bytes, i, to);
                case WORD -> i = word(c, i);
                case WHOLE, DEAF -> i = Stops.line(bytes, i, to);
                default -> {
                    if (c != ' ' && c != '\r' && c != '\t') {
                        i = structure(c, i);
                        if (state == State.WHOLE) {
                            return i;
                        }
                    } else {
                        i++;
                    }
                }
            }
        }
        return to;
    }

    /** A line feed came that does not end the object. */
    void lineFeed() {
        switch (state) {
            case IN_NAME, STRING, NESTED_STRING, WORD -> state = State.DEAF;
            case NUMBER -> endNumber();
            default -> {
                // Blank.
            }
        }
    }

    private int structure(byte c, int i) {
        switch (state) {
            case FIRST_MEMBER, NAME -> {
                if (c == '"') {
                    state = State.IN_NAME;
                    length = 0;
                    plain = true;
                    nameStart = origin + i;
                    fill();
                    return i + 1;
                }
                return c == '}' && state == State.FIRST_MEMBER ? close(c, i) : deaf(i);
            }
            case FIRST_ELEMENT -> {
                if (c == ']') {
                    return close(c, i);
                }
                fill();
                state = State.VALUE;
                return i;
            }
            case COLON -> {
                state = State.VALUE;
                return c == ':' ? i + 1 : deaf(i);
            }
            case VALUE -> {
                return value(c, i);
            }
            default -> {
                return behind(c, i);
            }
        }
    }

    private int behind(byte c, int i) {
        if (c != ',') {
            return close(c, i);
        }
        if (depth == 1) {
            comma = origin + i;
            if (cutFollowing) {
                cutEnd = comma + 1;
            }
        }
        cutFollowing = false;
        if (inObject()) {
            state = State.NAME;
        } else {
            place = open[depth - 1].element();
            state = State.VALUE;
        }
        return i + 1;
    }

    private int value(byte c, int i) {
        if (depth == 0 && c != '{') {
            return deaf(i);
        }
        begin(c);
        switch (c) {
            case '{', '[' -> open(c == '{');
            case '"' -> {
                state = State.STRING;
                length = 0;
            }
            case 't', 'f', 'n' -> {
                state = State.WORD;
                word = c == 't' ? 0 : c == 'f' ? 1 : 2;
                length = 1;
            }
            default -> {
                if (c != '-' && (c < '0' || c > '9')) {
                    return deaf(i);
                }
                state = State.NUMBER;
                number = c == '-' ? 0 : c - '0';
                plain = c != '-';
            }
        }
        return i + 1;
    }

    private void begin(byte c) {
        PathTree here = place;
        Slot slot = here == null ? null : here.slot();
        if (slot == null) {
            return;
        }
        if (slot.replaced() && c != 'n') {
            filled &= ~slot.bit();
            present &= ~slot.bit();
            if (slot == Slot.TYPE) {
                typeLength = 0;
            }
        }
        boolean number = c == '-' || c >= '0' && c <= '9';
        if (c != 'n' && !number) {
            numbers[slot.ordinal()] = 0;
            present |= slot.bit();
        }
        if (slot == Slot.USAGE) {
            cutStart = comma >= 0 ? comma : nameStart;
            cutFollowing = false;
        }
    }

    private void open(boolean object) {
        PathTree here = place;
        if (here == null || !here.reachesInto(object)) {
            state = State.NESTED;
            nested = 1;
            fresh = here != null && here.slot() != null;
            return;
        }
        if (depth == 0) {
            comma = -1;
        }
        open[depth] = here;
        objects = object ? objects | 1 << depth : objects & ~(1 << depth);
        depth++;
        place = object ? null : here.element();
        state = object ? State.FIRST_MEMBER : State.FIRST_ELEMENT;
    }

    private boolean inObject() {
        return (objects & 1 << depth - 1) != 0;
    }

    private int close(byte c, int i) {
        if (c != (inObject() ? '}' : ']')) {
            return deaf(i);
        }
        depth--;
        place = open[depth];
        ended(i + 1);
        state = depth == 0 ? State.WHOLE : State.BEHIND;
        return i + 1;
    }

    /** The value at the present place has been read. */
    private void ended(int behind) {
        state = State.BEHIND;
        PathTree here = place;
        if (here != null && here.slot() == Slot.USAGE && depth == 1) {
            cutEnd = origin + behind;
            cutFollowing = comma < 0;
        }
    }

    /** What is open has something in it. */
    private void fill() {
        Slot slot = open[depth - 1].slot();
        if (slot != null) {
            filled |= slot.bit();
        }
    }

    private int string(byte[] bytes, int from, int to) {
        if (escape) {
            escape = false;
            length++;
            return from + 1;
        }
        int i = Stops.string(bytes, from, to);
        if (state != State.NESTED_STRING) {
            keep(bytes, from, i);
        }
        if (i == to || bytes[i] == '\n') {
            return i;
        }
        if (bytes[i] == '\\') {
            escape = true;
            plain = false;
            length++;
            return i + 1;
        }
        return bytes[i] == '"' ? endString(i + 1) : deaf(i);
    }

    /** Keeps what is needed of a string, if it is not too long to be known. */
    private void keep(byte[] bytes, int from, int to) {
        int more = to - from;
        if (state == State.IN_NAME) {
            if (length + more <= name.length) {
                System.arraycopy(bytes, from, name, length, more);
            }
        } else if (place != null && place.slot() == Slot.TYPE && length + more <= LONGEST_TYPE) {
            System.arraycopy(bytes, from, type, length, more);
        }
        length = more > Integer.MAX_VALUE / 2 - length ? Integer.MAX_VALUE / 2 : length + more;
    }

    private int endString(int behind) {
        if (state == State.NESTED_STRING) {
            state = State.NESTED;
            return behind;
        }
        if (state == State.IN_NAME) {
            place = plain && length <= name.length ? open[depth - 1].member(name, length) : null;
            state = State.COLON;
            return behind;
        }
        Slot slot = place == null ? null : place.slot();
        if (slot != null && length > 0) {
            filled |= slot.bit();
            if (slot == Slot.CONTENT) {
                contentBytes += length;
            } else if (slot == Slot.TYPE) {
                typeLength = length;
            }
        }
        ended(behind);
        return behind;
    }

    private int nested(byte[] bytes, int from, int to) {
        if (fresh) {
            byte c = bytes[from];
            if (c == ' ' || c == '\r' || c == '\t') {
                return from + 1;
            }
            fresh = false;
            Slot slot = place == null ? null : place.slot();
            if (slot != null && c != ']' && c != '}') {
                filled |= slot.bit();
            }
        }
        int i = Stops.structure(bytes, from, to);
        if (i == to) {
            return i;
        }
        switch (bytes[i]) {
            case '\n' -> {
                return i;
            }
            case '"' -> state = State.NESTED_STRING;
            case '{', '[' -> nested++;
            case '}', ']' -> {
                nested--;
                if (nested == 0) {
                    ended(i + 1);
                }
            }
            default -> {
                // Blank, or a control character that has no place there.
            }
        }
        return i + 1;
    }

    private int number(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            byte c = bytes[i];
            if (c >= '0' && c <= '9') {
                number = number < MOST / 10 ? number * 10 + (c - '0') : MOST;
            } else if (c == '.' || c == '-' || c == '+' || (c | ' ') == 'e') {
                plain = false;
            } else {
                endNumber();
                ended(i);
                return i;
            }
        }
        return to;
    }

    /** Go refuses a fraction, an exponent or a sign where it expects a count; here there is none then. */
    private void endNumber() {
        Slot slot = place == null ? null : place.slot();
        if (slot != null && plain) {
            numbers[slot.ordinal()] = number;
            present |= slot.bit();
        }
        state = State.BEHIND;
    }

    private int word(byte c, int i) {
        byte[] expected = WORDS[word];
        if (c != expected[length]) {
            return deaf(i);
        }
        length++;
        if (length == expected.length) {
            Slot slot = place == null ? null : place.slot();
            if (slot != null && word == 0) {
                filled |= slot.bit();
            }
            ended(i + 1);
        }
        return i + 1;
    }

    private int deaf(int i) {
        state = State.DEAF;
        return i;
    }

    private static byte[] word(String ascii) {
        return ascii.getBytes(StandardCharsets.US_ASCII);
    }
}
