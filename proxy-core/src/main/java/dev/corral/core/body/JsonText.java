package dev.corral.core.body;

import java.nio.charset.StandardCharsets;

/** Strings of a JSON text that has been found good, with their escapes resolved. Stateless. */
final class JsonText {
    private static final int REPLACEMENT = 0xfffd;

    private JsonText() {}

    /**
     * A string's text; an unpaired surrogate escape reads as U+FFFD, as in Go.
     *
     * @param start behind the quote that opens it
     * @param end of the quote that closes it
     */
    static String decode(JsonBytes json, int start, int end, boolean escaped) {
        byte[] utf8 = new byte[end - start];
        json.copy(start, utf8, utf8.length);
        // No escape is shorter than what it stands for.
        int length = escaped ? unescape(utf8) : utf8.length;
        return new String(utf8, 0, length, StandardCharsets.UTF_8);
    }

    private static int unescape(byte[] utf8) {
        int to = 0;
        int i = 0;
        while (i < utf8.length) {
            byte c = utf8[i++];
            if (c != '\\') {
                utf8[to++] = c;
                continue;
            }
            c = utf8[i++];
            if (c != 'u') {
                utf8[to++] = (byte) simple(c);
                continue;
            }
            int unit = unit(utf8, i);
            i += 4;
            if (Character.isSurrogate((char) unit)) {
                int low = i + 5 < utf8.length && utf8[i] == '\\' && utf8[i + 1] == 'u' ? unit(utf8, i + 2) : 0;
                if (Character.isSurrogatePair((char) unit, (char) low)) {
                    unit = Character.toCodePoint((char) unit, (char) low);
                    i += 6;
                } else {
                    unit = REPLACEMENT;
                }
            }
            to = put(utf8, to, unit);
        }
        return to;
    }

    /** What the letter behind a backslash stands for, but for {@code u}. */
    static int simple(int c) {
        return switch (c) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> c;
        };
    }

    private static int unit(byte[] utf8, int at) {
        int unit = 0;
        for (int i = at; i < at + 4; i++) {
            unit = unit << 4 | JsonBytes.hex(utf8[i]);
        }
        return unit;
    }

    private static int put(byte[] utf8, int at, int point) {
        int to = at;
        if (point < 0x80) {
            utf8[to++] = (byte) point;
        } else if (point < 0x800) {
            utf8[to++] = (byte) (0xc0 | point >> 6);
            utf8[to++] = (byte) (0x80 | point & 0x3f);
        } else if (point < 0x10000) {
            utf8[to++] = (byte) (0xe0 | point >> 12);
            utf8[to++] = (byte) (0x80 | point >> 6 & 0x3f);
            utf8[to++] = (byte) (0x80 | point & 0x3f);
        } else {
            utf8[to++] = (byte) (0xf0 | point >> 18);
            utf8[to++] = (byte) (0x80 | point >> 12 & 0x3f);
            utf8[to++] = (byte) (0x80 | point >> 6 & 0x3f);
            utf8[to++] = (byte) (0x80 | point & 0x3f);
        }
        return to;
    }
}
