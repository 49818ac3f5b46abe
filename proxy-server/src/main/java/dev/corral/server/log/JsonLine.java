package dev.corral.server.log;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Builds one line: a flat JSON object in pure ASCII, at most {@link #MAX_BYTES} long with its line feed, whatever the
 * values are. Field names are the caller's constants and need no escaping.
 *
 * <p>Reused from line to line; confined to the writer's thread.
 */
final class JsonLine {
    static final int MAX_BYTES = 4096;

    // Kept free of text, so that names, numbers and the end always fit.
    private static final int RESERVE = 1024;
    private static final int TEXT_END = MAX_BYTES - RESERVE;
    private static final String CUT = "...";
    private static final char[] HEX = "0123456789abcdef".toCharArray();
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
    // 9999-12-31T23:59:59.999Z: a broken clock must not change the width or the form.
    private static final long LAST_MILLIS = 253_402_300_799_999L;

    private static final byte[] NULL = bytes("null");
    private static final byte[] TRUE = bytes("true");

    private final byte[] bytes = new byte[MAX_BYTES];
    private int length;
    private long cachedSecond = -1;
    private byte[] cachedText = {};

    /** The name of a member as it stands in a line, for who writes it often. */
    static byte[] name(String name) {
        return bytes(",\"" + name + "\":");
    }

    /** A whole member as it stands in a line, for {@link #member}. */
    static byte[] memberOf(String name, @Nullable String value, int maxChars) {
        JsonLine line = new JsonLine().begin();
        line.put(' ');
        return line.text(name, value, maxChars).since(2);
    }

    JsonLine begin() {
        length = 0;
        put('{');
        return this;
    }

    /** Adds a point in time as ISO 8601 in UTC with milliseconds. */
    JsonLine time(String name, long epochMillis) {
        return time(name(name), epochMillis);
    }

    JsonLine time(byte[] name, long epochMillis) {
        long millis = Math.min(Math.max(epochMillis, 0), LAST_MILLIS);
        long second = millis / 1000;
        if (second != cachedSecond) {
            cachedText = bytes('"' + SECONDS.format(Instant.ofEpochSecond(second)) + '.');
            cachedSecond = second;
        }
        int fraction = (int) (millis % 1000);
        open(name);
        ascii(cachedText);
        thousandths(fraction);
        put('Z');
        put('"');
        return this;
    }

    /**
     * Adds text, escaped.
     *
     * @param value null for JSON's null
     * @param maxChars longer text is cut and ends in three dots
     */
    JsonLine text(String name, @Nullable String value, int maxChars) {
        return text(name(name), value, maxChars);
    }

    JsonLine text(byte[] name, @Nullable String value, int maxChars) {
        open(name);
        if (value == null) {
            ascii(NULL);
            return this;
        }
        put('"');
        int end = Math.min(value.length(), maxChars);
        int i = 0;
        while (i < end && length < TEXT_END) {
            char c = value.charAt(i);
            if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') {
                bytes[length++] = (byte) c;
                i++;
            } else {
                i += character(value, i);
            }
        }
        if (i < value.length()) {
            ascii(CUT);
        }
        put('"');
        return this;
    }

    /** Adds a member of few and fixed words ({@link #memberOf}). */
    JsonLine member(byte[] fixed) {
        open(fixed);
        return this;
    }

    /** Adds members that were {@link #since written before}; does nothing and says so where they might not fit. */
    boolean again(byte[] written) {
        if (length + written.length > TEXT_END) {
            return false;
        }
        open(written);
        return true;
    }

    /** Whether all text that was added found room. */
    boolean hasRoom() {
        return length < TEXT_END;
    }

    /** The members that were added since the line, which was not empty, had this length. */
    byte[] since(int before) {
        return Arrays.copyOfRange(bytes, before, length);
    }

    JsonLine number(String name, long value) {
        return number(name(name), value);
    }

    JsonLine number(byte[] name, long value) {
        open(name);
        digits(value);
        return this;
    }

    /** Adds true. */
    JsonLine yes(String name) {
        open(name(name));
        ascii(TRUE);
        return this;
    }

    /** Adds nanoseconds as milliseconds with three decimals; a negative value becomes null. */
    JsonLine millis(String name, long nanos) {
        return millis(name(name), nanos);
    }

    JsonLine millis(byte[] name, long nanos) {
        open(name);
        if (nanos < 0) {
            ascii(NULL);
            return this;
        }
        long micros = nanos / 1000;
        long millis = micros / 1000;
        digits(millis);
        put('.');
        thousandths((int) (micros - millis * 1000));
        return this;
    }

    JsonLine end() {
        put('}');
        put('\n');
        return this;
    }

    /** Valid until the next {@link #begin}. */
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    /** Writes the character at {@code i}, which cannot stand as it is, and returns how many UTF-16 units it took. */
    private int character(String value, int i) {
        char c = value.charAt(i);
        switch (c) {
            case '"' -> ascii("\\\"");
            case '\\' -> ascii("\\\\");
            case '\n' -> ascii("\\n");
            case '\r' -> ascii("\\r");
            case '\t' -> ascii("\\t");
            default -> {
                if (!Character.isSurrogate(c)) {
                    escape(c);
                } else if (i + 1 < value.length() && Character.isSurrogatePair(c, value.charAt(i + 1))) {
                    escape(c);
                    escape(value.charAt(i + 1));
                    return 2;
                } else {
                    // Strict parsers refuse the whole line for half a pair.
                    escape('\ufffd');
                }
            }
        }
        return 1;
    }

    private void escape(char c) {
        ascii("\\u");
        put(HEX[c >> 12]);
        put(HEX[c >> 8 & 15]);
        put(HEX[c >> 4 & 15]);
        put(HEX[c & 15]);
    }

    /** Begins a member; the first one of a line has no comma. */
    private void open(byte[] name) {
        int comma = length > 1 ? 0 : 1;
        System.arraycopy(name, comma, bytes, length, name.length - comma);
        length += name.length - comma;
    }

    private void digits(long value) {
        if (value < 0 || value > Integer.MAX_VALUE) {
            ascii(bytes(Long.toString(value)));
            return;
        }
        int rest = (int) value;
        int width = 1;
        for (int reach = 10; width < 10 && rest >= reach; reach *= 10) {
            width++;
        }
        length += width;
        int at = length;
        do {
            int tenth = rest / 10;
            bytes[--at] = (byte) ('0' + rest - tenth * 10);
            rest = tenth;
        } while (rest > 0);
    }

    private void thousandths(int value) {
        put('0' + value / 100);
        put('0' + value / 10 % 10);
        put('0' + value % 10);
    }

    private void ascii(String text) {
        for (int i = 0; i < text.length(); i++) {
            put(text.charAt(i));
        }
    }

    private void ascii(byte[] text) {
        System.arraycopy(text, 0, bytes, length, text.length);
        length += text.length;
    }

    private void put(int c) {
        bytes[length++] = (byte) c;
    }

    private static byte[] bytes(String ascii) {
        return ascii.getBytes(StandardCharsets.US_ASCII);
    }
}
