package dev.corral.core.meter;

/**
 * The framing of server-sent events (WHATWG HTML, 9.2.6) as far as it matters: tells data from other fields, and where
 * an event ends. Lines end with LF or CRLF, as every server known sends them. Confined to one thread.
 */
final class EventLines {
    private static final byte[] FIELD = {'d', 'a', 't', 'a', ':'};
    private static final byte[] MARK = {'[', 'D', 'O', 'N', 'E', ']'};

    private enum State {
        /** At the beginning of a line, or behind a CR that stands there. */
        BEGIN,
        /** Within the name of the field. */
        FIELD,
        /** Behind the colon, where one blank does not count. */
        COLON,
        /** Within {@code [DONE]}. */
        MARK,
        /** In a line that does not matter. */
        OTHER,
        /** In data. */
        DATA
    }

    /** What was found. */
    enum Found {
        NOTHING,
        /** Data begins or goes on at the index. */
        DATA,
        /** The index is behind the mark that says that nothing follows. */
        MARK,
        /** The index is behind the empty line that ends an event. */
        END
    }

    private State state = State.BEGIN;
    private int matched;
    private int index;

    /** Where what {@link #next} found stands. */
    int index() {
        return index;
    }

    /** The data up to a line feed has been read. */
    void dataEnded() {
        state = State.BEGIN;
        matched = 0;
    }

    /** Goes to the next thing that matters; {@link Found#NOTHING} if it is not among these bytes. */
    Found next(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to) {
            byte c = bytes[i];
            switch (state) {
                case BEGIN -> {
                    if (c == '\n') {
                        matched = 0;
                        return found(Found.END, i + 1);
                    }
                    boolean first = matched == 0;
                    state = first && c == 'd' ? State.FIELD : first && c == '\r' ? State.BEGIN : State.OTHER;
                    matched = 1;
                    i++;
                }
                case FIELD -> {
                    if (c != FIELD[matched]) {
                        state = State.OTHER;
                    } else {
                        matched++;
                        i++;
                        state = matched == FIELD.length ? State.COLON : State.FIELD;
                    }
                }
                case COLON -> {
                    if (c == ' ') {
                        i++;
                    }
                    matched = 0;
                    state = State.MARK;
                }
                case MARK -> {
                    if (c == MARK[matched]) {
                        matched++;
                        i++;
                        if (matched == MARK.length) {
                            state = State.OTHER;
                            return found(Found.MARK, i);
                        }
                    } else {
                        // Nothing else that begins with a bracket is an object.
                        state = matched == 0 ? State.DATA : State.OTHER;
                    }
                }
                case OTHER -> {
                    int line = Stops.line(bytes, i, to);
                    if (line == to) {
                        return found(Found.NOTHING, to);
                    }
                    i = line + 1;
                    dataEnded();
                }
                default -> {
                    return found(Found.DATA, i);
                }
            }
        }
        return found(Found.NOTHING, to);
    }

    private Found found(Found what, int at) {
        index = at;
        return what;
    }
}
