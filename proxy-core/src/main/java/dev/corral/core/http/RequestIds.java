package dev.corral.core.http;

import java.security.SecureRandom;

/**
 * Request ids: {@code req_}, a random part per event loop and process, a counter. Unique, cheap, and saying nothing
 * about other callers' traffic beyond their number. Confined to one event loop.
 */
public final class RequestIds {
    private static final char[] ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz".toCharArray();
    private static final int RANDOM_CHARS = 12;
    private static final int COUNTER_CHARS = 8;

    private final char[] id;
    private long counter;

    public RequestIds() {
        id = new char[4 + RANDOM_CHARS + COUNTER_CHARS];
        "req_".getChars(0, 4, id, 0);
        SecureRandom random = new SecureRandom();
        for (int i = 0; i < RANDOM_CHARS; i++) {
            id[4 + i] = ALPHABET[random.nextInt(ALPHABET.length)];
        }
        counter = random.nextInt(1 << 20);
    }

    /** The next id: 24 characters, letters, digits and one underscore. */
    public String next() {
        long n = counter++;
        for (int i = id.length - 1; i >= id.length - COUNTER_CHARS; i--) {
            id[i] = ALPHABET[(int) (n & 31)];
            n >>>= 5;
        }
        return new String(id);
    }
}
