package dev.corral.server.log;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
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
    private static final String CUT = "...";
    private static final char[] HEX = "0123456789abcdef".toCharArray();
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
    // 9999-12-31T23:59:59.999Z: a broken clock must not change the width or the form.
    private static final long LAST_MILLIS = 253_402_300_799_999L;

    private final byte[] bytes = new byte[MAX_BYTES];
    private int length;
    private long cachedSecond = -1;
    private String cachedText = "";

    JsonLine begin() {
        length = 0;
        put('{');
        return this;
    }

    /** Adds a point in time as ISO 8601 in UTC with milliseconds. */
    JsonLine time(String name, long epochMillis) {
        long millis = Math.min(Math.max(epochMillis, 0), LAST_MILLIS);
        long second = millis / 1000;
        if (second != cachedSecond) {
            cachedText = SECONDS.format(Instant.ofEpochSecond(second));
            cachedSecond = second;
        }
        int fraction = (int) (millis % 1000);
        name(name);
        put('"');
        ascii(cachedText);
        put('.');
        put('0' + fraction / 100);
        put('0' + fraction / 10 % 10);
        put('0' + fraction % 10);
        ascii("Z\"");
        return this;
    }

    /**
     * Adds text, escaped.
     *
     * @param value null for JSON's null
     * @param maxChars longer text is cut and ends in three dots
     */
    JsonLine text(String name, @Nullable String value, int maxChars) {
        name(name);
        if (value == null) {
            ascii("null");
            return this;
        }
        put('"');
        int end = Math.min(value.length(), maxChars);
        int i = 0;
        while (i < end && length < MAX_BYTES - RESERVE) {
            i += character(value, i);
        }
        if (i < value.length()) {
            ascii(CUT);
        }
        put('"');
        return this;
    }

    JsonLine number(String name, long value) {
        name(name);
        ascii(Long.toString(value));
        return this;
    }

    /** Adds true. */
    JsonLine yes(String name) {
        name(name);
        ascii("true");
        return this;
    }

    /** Adds nanoseconds as milliseconds with three decimals; a negative value becomes null. */
    JsonLine millis(String name, long nanos) {
        name(name);
        if (nanos < 0) {
            ascii("null");
            return this;
        }
        long micros = nanos / 1000;
        ascii(Long.toString(micros / 1000));
        int fraction = (int) (micros % 1000);
        put('.');
        put('0' + fraction / 100);
        put('0' + fraction / 10 % 10);
        put('0' + fraction % 10);
        return this;
    }

    JsonLine end() {
        ascii("}\n");
        return this;
    }

    /** Valid until the next {@link #begin}. */
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    /** Writes the character at {@code i} and returns how many UTF-16 units it took. */
    private int character(String value, int i) {
        char c = value.charAt(i);
        switch (c) {
            case '"' -> ascii("\\\"");
            case '\\' -> ascii("\\\\");
            case '\n' -> ascii("\\n");
            case '\r' -> ascii("\\r");
            case '\t' -> ascii("\\t");
            default -> {
                if (c >= 0x20 && c < 0x7f) {
                    put(c);
                } else if (!Character.isSurrogate(c)) {
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

    private void name(String name) {
        if (length > 1) {
            put(',');
        }
        put('"');
        ascii(name);
        ascii("\":");
    }

    private void ascii(String text) {
        for (int i = 0; i < text.length(); i++) {
            put(text.charAt(i));
        }
    }

    private void put(int c) {
        bytes[length++] = (byte) c;
    }
}
