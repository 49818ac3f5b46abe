package dev.corral.core.meter;

import org.jspecify.annotations.Nullable;

/**
 * Reads values at known places out of JSON objects that come in any pieces. Keeps no text but short names, follows only
 * the few levels on which something is read, and counts brackets below them: nothing inside a string or another object
 * can be taken for what stands at such a place. What is no JSON makes it deaf until {@link #reset}. Never throws, allocates
 * nothing after its creation. Confined to one thread.
 */
final class JsonReader {
    private final PathTree root;
    private final PathTree[] open = new PathTree[PathTree.MAX_DEPTH];
    private final JsonValues values = new JsonValues();
    private final JsonNumber number = new JsonNumber();
    private final JsonWord word = new JsonWord();
    private final byte[] name = new byte[PathTree.LONGEST_NAME];

    private JsonState state = JsonState.VALUE;
    private int depth;
    private int objects;
    private @Nullable PathTree place;
    private long nested;
    private boolean fresh;
    private boolean escape;
    private boolean plain;
    private int length;

    // Where the first byte that was handed in stands in the stream.
    private long origin;
    private final MemberSpan usage = new MemberSpan();

    JsonReader(PathTree root) {
        this.root = root;
        reset();
    }

    /** Forgets the object; the next one begins. */
    void reset() {
        state = JsonState.VALUE;
        place = root;
        depth = 0;
        escape = false;
        values.clear();
        usage.reset();
    }

    /** Whether the object was read to its end. */
    boolean whole() {
        return state == JsonState.WHOLE;
    }

    /** What was read of the object so far. */
    JsonValues values() {
        return values;
    }

    /** Whether nothing but blanks came since the last {@link #reset}. */
    boolean blank() {
        return state == JsonState.VALUE && depth == 0;
    }

    /** Whether something came that is no JSON object. */
    boolean deaf() {
        return state == JsonState.DEAF;
    }

    /** The bytes of all content so far, of all objects. */
    long contentBytes() {
        boolean within = state == JsonState.STRING && slot() == Slot.CONTENT;
        return values.contentBytes() + (within ? length : 0);
    }

    /** What has to go so that the member USAGE of the object is gone. */
    MemberSpan usage() {
        return usage;
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
                        if (state == JsonState.WHOLE) {
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
            case IN_NAME, STRING, NESTED_STRING, WORD -> state = JsonState.DEAF;
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
                    state = JsonState.IN_NAME;
                    length = 0;
                    plain = true;
                    usage.name(origin + i);
                    values.fill(open[depth - 1].slot());
                    return i + 1;
                }
                return c == '}' && state == JsonState.FIRST_MEMBER ? close(c, i) : deaf(i);
            }
            case FIRST_ELEMENT -> {
                if (c == ']') {
                    return close(c, i);
                }
                values.fill(open[depth - 1].slot());
                state = JsonState.VALUE;
                return i;
            }
            case COLON -> {
                state = JsonState.VALUE;
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
            usage.comma(origin + i);
        }
        if (inObject()) {
            state = JsonState.NAME;
        } else {
            place = open[depth - 1].element();
            state = JsonState.VALUE;
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
                state = JsonState.STRING;
                length = 0;
                plain = true;
            }
            case 't', 'f', 'n' -> {
                state = JsonState.WORD;
                word.begin(c);
            }
            default -> {
                if (c != '-' && (c < '0' || c > '9')) {
                    return deaf(i);
                }
                state = JsonState.NUMBER;
                number.begin(c);
            }
        }
        return i + 1;
    }

    private void begin(byte c) {
        Slot slot = slot();
        if (slot == null) {
            return;
        }
        values.begin(slot, c);
        if (slot == Slot.USAGE && depth == 1) {
            usage.begin();
        }
    }

    /** What takes the value at the present place. */
    private @Nullable Slot slot() {
        return place == null ? null : place.slot();
    }

    private void open(boolean object) {
        PathTree here = place;
        if (here == null || !here.reachesInto(object)) {
            state = JsonState.NESTED;
            nested = 1;
            fresh = here != null && here.slot() != null;
            return;
        }
        open[depth] = here;
        objects = object ? objects | 1 << depth : objects & ~(1 << depth);
        depth++;
        place = object ? null : here.element();
        state = object ? JsonState.FIRST_MEMBER : JsonState.FIRST_ELEMENT;
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
        state = depth == 0 ? JsonState.WHOLE : JsonState.BEHIND;
        return i + 1;
    }

    /** The value at the present place has been read. */
    private void ended(int behind) {
        state = JsonState.BEHIND;
        if (slot() == Slot.USAGE && depth == 1) {
            usage.end(origin + behind);
        }
    }

    private int string(byte[] bytes, int from, int to) {
        if (escape) {
            escape = false;
            lengthen(1);
            return from + 1;
        }
        int i = Stops.string(bytes, from, to);
        if (state != JsonState.NESTED_STRING) {
            keep(bytes, from, i);
        }
        if (i == to || bytes[i] == '\n') {
            return i;
        }
        if (bytes[i] == '\\') {
            escape = true;
            plain = false;
            lengthen(1);
            return i + 1;
        }
        return bytes[i] == '"' ? endString(i + 1) : deaf(i);
    }

    /** Keeps what is needed of a string, if it is not too long to be known. */
    private void keep(byte[] bytes, int from, int to) {
        int more = to - from;
        if (state == JsonState.IN_NAME) {
            if (length + more <= name.length) {
                System.arraycopy(bytes, from, name, length, more);
            }
        } else if (slot() == Slot.TYPE) {
            values.type(length, bytes, from, more);
        }
        lengthen(more);
    }

    /** What is longer than any bound need not be known better. */
    private void lengthen(int more) {
        length = more > Integer.MAX_VALUE / 2 - length ? Integer.MAX_VALUE / 2 : length + more;
    }

    private int endString(int behind) {
        if (state == JsonState.NESTED_STRING) {
            state = JsonState.NESTED;
            return behind;
        }
        if (state == JsonState.IN_NAME) {
            place = plain && length <= name.length ? open[depth - 1].member(name, length) : null;
            state = JsonState.COLON;
            return behind;
        }
        Slot slot = slot();
        if (slot != null && length > 0) {
            values.text(slot, length, plain);
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
            Slot slot = slot();
            if (slot != null && !slot.flag() && c != ']' && c != '}') {
                values.fill(slot);
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
            case '"' -> state = JsonState.NESTED_STRING;
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
        int behind = number.read(bytes, from, to);
        if (behind < to) {
            endNumber();
            ended(behind);
        }
        return behind;
    }

    private void endNumber() {
        Slot slot = slot();
        if (slot != null && number.isCount()) {
            values.count(slot, number.value());
        }
        state = JsonState.BEHIND;
    }

    private int word(byte c, int i) {
        if (!word.next(c)) {
            return deaf(i);
        }
        if (word.whole()) {
            if (word.isTrue()) {
                values.fill(slot());
            }
            ended(i + 1);
        }
        return i + 1;
    }

    private int deaf(int i) {
        state = JsonState.DEAF;
        return i;
    }
}
