package dev.corral.core.meter;

/** One number as it is read, byte by byte. Confined to one thread. */
final class JsonNumber {
    // Beyond any number of tokens, and below what overflows when some of them are added.
    private static final long MOST = 1L << 60;

    private long value;
    private boolean count;

    /** It begins, with a digit or a minus. */
    void begin(byte c) {
        value = c == '-' ? 0 : c - '0';
        count = c != '-';
    }

    /**
     * Reads on.
     *
     * @return the index of the first byte that does not belong to it; {@code to} where there is none
     */
    int read(byte[] bytes, int from, int to) {
        int i = from;
        for (; i < to; i++) {
            byte c = bytes[i];
            if (c >= '0' && c <= '9') {
                value = value < MOST / 10 ? value * 10 + (c - '0') : MOST;
            } else if (c == '.' || c == '-' || c == '+' || (c | ' ') == 'e') {
                count = false;
            } else {
                break;
            }
        }
        return i;
    }

    /** Whether it has no fraction, exponent or sign, which Go refuses where it expects a count. */
    boolean isCount() {
        return count;
    }

    /** The number, if it is a count; the most there can be where it is larger. */
    long value() {
        return value;
    }
}
