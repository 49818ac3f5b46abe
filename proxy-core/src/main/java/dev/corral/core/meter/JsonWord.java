package dev.corral.core.meter;

import java.nio.charset.StandardCharsets;

/** One of the three words of JSON as it is read, byte by byte. Confined to one thread. */
final class JsonWord {
    private static final byte[] TRUE = ascii("true");
    private static final byte[] FALSE = ascii("false");
    private static final byte[] NULL = ascii("null");

    private byte[] word = NULL;
    private int matched;

    /** It begins, with its first letter. */
    void begin(byte c) {
        word = c == 't' ? TRUE : c == 'f' ? FALSE : NULL;
        matched = 1;
    }

    /** Whether the next byte belongs to it. */
    boolean next(byte c) {
        return c == word[matched++];
    }

    /** Whether all of it came. */
    boolean whole() {
        return matched == word.length;
    }

    boolean isTrue() {
        return word == TRUE;
    }

    private static byte[] ascii(String word) {
        return word.getBytes(StandardCharsets.US_ASCII);
    }
}
