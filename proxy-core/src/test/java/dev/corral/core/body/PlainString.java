package dev.corral.core.body;

import org.jspecify.annotations.Nullable;

/** A JSON string read byte by byte, by the rules as RFC 8259 and RFC 3629 have them: what the fast reader must agree with. */
final class PlainString {
    private static final int END = -1;

    private final byte[] text;
    private boolean escaped;

    PlainString(byte[] text) {
        this.text = text;
    }

    /** Where the closing quote is, and whether there are escapes before it; or what is wrong. */
    String read() {
        int i = 0;
        while (true) {
            int c = at(i);
            if (c == '"') {
                return i + (escaped ? " escaped" : " plain");
            }
            @Nullable String problem = null;
            int length = 1;
            if (c == '\\') {
                escaped = true;
                length = at(i + 1) == 'u' ? 6 : 2;
                problem = escape(i);
            } else if (c >= 0x80) {
                length = character(i, c);
                problem = length == 0 ? expected(i, "UTF-8") : null;
            } else if (c == END) {
                problem = expected(i, "the string's end");
            } else if (c < ' ') {
                problem = expected(i, "an escape instead of a raw control character");
            }
            if (problem != null) {
                return problem;
            }
            i += length;
        }
    }

    private @Nullable String escape(int i) {
        int letter = at(i + 1);
        if (letter == 'u') {
            for (int digit = i + 2; digit < i + 6; digit++) {
                if (at(digit) == END || Character.digit((char) at(digit), 16) < 0) {
                    return expected(digit, "a hexadecimal digit");
                }
            }
            return null;
        }
        return "\"\\/bfnrt".indexOf(letter) < 0
                ? expected(i + 1, "one of \" \\ / b f n r t u behind a backslash")
                : null;
    }

    private int character(int i, int first) {
        if (first >= 0xc2 && first <= 0xdf) {
            return within(i + 1, 0x80, 0xbf) ? 2 : 0;
        }
        if (first >= 0xe0 && first <= 0xef) {
            int low = first == 0xe0 ? 0xa0 : 0x80;
            int high = first == 0xed ? 0x9f : 0xbf;
            return within(i + 1, low, high) && within(i + 2, 0x80, 0xbf) ? 3 : 0;
        }
        int low = first == 0xf0 ? 0x90 : 0x80;
        int high = first == 0xf4 ? 0x8f : 0xbf;
        boolean four = first >= 0xf0 && first <= 0xf4;
        return four && within(i + 1, low, high) && within(i + 2, 0x80, 0xbf) && within(i + 3, 0x80, 0xbf) ? 4 : 0;
    }

    private boolean within(int i, int low, int high) {
        return at(i) >= low && at(i) <= high;
    }

    private int at(int i) {
        return i < text.length ? text[i] & 0xff : END;
    }

    private static String expected(int i, String what) {
        return "invalid JSON at byte " + i + ": expected " + what;
    }
}
