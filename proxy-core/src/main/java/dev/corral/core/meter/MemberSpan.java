package dev.corral.core.meter;

/**
 * What has to go so that one member of an object is gone and the object stays JSON: its name, its value and a comma.
 * Positions count from the stream's first byte. Confined to one thread.
 */
final class MemberSpan {
    private static final long NONE = -1;

    private long comma = NONE;
    private long name;
    private long start = NONE;
    private long end;
    private boolean commaFollows;

    void reset() {
        comma = NONE;
        start = NONE;
        commaFollows = false;
    }

    /** A member's name begins. */
    void name(long position) {
        name = position;
    }

    /** A comma stands between two members. */
    void comma(long position) {
        comma = position;
        if (commaFollows) {
            end = position + 1;
            commaFollows = false;
        }
    }

    /** The value of the member begins. */
    void begin() {
        start = comma == NONE ? name : comma;
        commaFollows = false;
    }

    /** It ended before this. */
    void end(long position) {
        end = position;
        commaFollows = comma == NONE;
    }

    /** Where it begins; negative where there is none. */
    long start() {
        return start;
    }

    /** Behind it. */
    long end() {
        return end;
    }
}
