package dev.corral.core.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;

/** Immutable bytes that can be compared and that read well in a failure message. */
public final class Bytes {
    public static final Bytes EMPTY = new Bytes(new byte[0]);
    private static final int SHOWN = 300;

    private final byte[] value;

    private Bytes(byte[] value) {
        this.value = value;
    }

    /** A copy of the array. */
    public static Bytes of(byte[] value) {
        return new Bytes(value.clone());
    }

    /** A copy of a part of the array. */
    public static Bytes of(byte[] value, int from, int length) {
        return new Bytes(Arrays.copyOfRange(value, from, from + length));
    }

    /** The text in UTF-8. */
    public static Bytes of(String text) {
        return new Bytes(text.getBytes(UTF_8));
    }

    /** The text with one byte for each character, as header sections have it. */
    public static Bytes latin1(String text) {
        return new Bytes(text.getBytes(ISO_8859_1));
    }

    /** Bytes that look like noise and are the same for the same seed. */
    public static Bytes noise(long seed, int length) {
        byte[] value = new byte[length];
        new Random(seed).nextBytes(value);
        return new Bytes(value);
    }

    /** A copy of the bytes. */
    public byte[] array() {
        return value.clone();
    }

    public int size() {
        return value.length;
    }

    /** The bytes as UTF-8 text. */
    public String text() {
        return new String(value, UTF_8);
    }

    public Bytes plus(Bytes more) {
        ByteArrayOutputStream sum = new ByteArrayOutputStream(value.length + more.value.length);
        sum.writeBytes(value);
        sum.writeBytes(more.value);
        return new Bytes(sum.toByteArray());
    }

    /** The part from one position to before another. */
    public Bytes slice(int from, int to) {
        return new Bytes(Arrays.copyOfRange(value, from, to));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes bytes && Arrays.equals(value, bytes.value);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < Math.min(value.length, SHOWN); i++) {
            char c = (char) (value[i] & 0xff);
            if (c == '\r') {
                shown.append("\\r");
            } else if (c == '\n') {
                shown.append("\\n");
            } else if (c < ' ' || c > '~') {
                shown.append("\\x").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                shown.append(c);
            }
        }
        return value.length > SHOWN ? shown + "… (" + value.length + " bytes)" : shown.toString();
    }
}
