package dev.corral.core.body.oracle;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The grammar that Go's encoding/json accepts (its {@code scanner.go}), and what it makes of strings. */
final class GoSyntax {
    private static final int MAX_DEPTH = 10_000;

    private final byte[] data;

    GoSyntax(byte[] data) {
        this.data = data;
    }

    /** Skips whitespace. */
    int space(int from) {
        int at = from;
        while (at < data.length && (data[at] == ' ' || data[at] == '\t' || data[at] == '\r' || data[at] == '\n')) {
            at++;
        }
        return at;
    }

    /** Where the value ends that begins here, exclusive. */
    int end(int begin) throws GoRefuses {
        boolean[] objects = new boolean[16];
        int depth = 0;
        int at = begin;
        while (true) {
            // A value begins at "at".
            int c = at(at);
            if (c == '{' || c == '[') {
                if (++depth > MAX_DEPTH) {
                    throw new GoRefuses("exceeded max depth");
                }
                if (depth >= objects.length) {
                    objects = Arrays.copyOf(objects, 2 * depth);
                }
                objects[depth] = c == '{';
                at = space(at + 1);
                if (at(at) != (c == '{' ? '}' : ']')) {
                    at = c == '{' ? key(at) : at;
                    continue;
                }
                at++;
                depth--;
            } else {
                at = scalar(at);
            }
            // A value ended at "at".
            boolean more = false;
            while (depth > 0 && !more) {
                at = space(at);
                int next = at(at++);
                if (next == ',') {
                    at = space(at);
                    at = objects[depth] ? key(at) : at;
                    more = true;
                } else if (next == (objects[depth] ? '}' : ']')) {
                    depth--;
                } else {
                    throw new GoRefuses("invalid character after a value");
                }
            }
            if (!more) {
                return at;
            }
        }
    }

    /** Reads over a member's name and its colon; where its value begins. */
    private int key(int begin) throws GoRefuses {
        if (at(begin) != '"') {
            throw new GoRefuses("object key expected");
        }
        int at = space(string(begin));
        if (at(at) != ':') {
            throw new GoRefuses("colon expected");
        }
        return space(at + 1);
    }

    private int scalar(int begin) throws GoRefuses {
        return switch (at(begin)) {
            case '"' -> string(begin);
            case 't' -> word(begin, "true");
            case 'f' -> word(begin, "false");
            case 'n' -> word(begin, "null");
            default -> number(begin);
        };
    }

    private int word(int begin, String word) throws GoRefuses {
        for (int i = 0; i < word.length(); i++) {
            if (at(begin + i) != word.charAt(i)) {
                throw new GoRefuses("invalid literal");
            }
        }
        return begin + word.length();
    }

    private int number(int begin) throws GoRefuses {
        int at = begin;
        if (at(at) == '-') {
            at++;
        }
        if (at(at) == '0') {
            at++;
        } else {
            at = digits(at);
        }
        if (at < data.length && data[at] == '.') {
            at = digits(at + 1);
        }
        if (at < data.length && (data[at] == 'e' || data[at] == 'E')) {
            at++;
            if (at(at) == '+' || at(at) == '-') {
                at++;
            }
            at = digits(at);
        }
        return at;
    }

    private int digits(int begin) throws GoRefuses {
        int at = begin;
        while (at < data.length && data[at] >= '0' && data[at] <= '9') {
            at++;
        }
        if (at == begin) {
            throw new GoRefuses("invalid character where a value or digit is expected");
        }
        return at;
    }

    private int string(int begin) throws GoRefuses {
        int at = begin + 1;
        while (true) {
            int c = at(at++);
            if (c == '"') {
                return at;
            }
            if (c < ' ') {
                throw new GoRefuses("control character in a string");
            }
            if (c == '\\') {
                int escape = at(at++);
                if (escape == 'u') {
                    for (int i = 0; i < 4; i++) {
                        if (Character.digit(at(at++), 16) < 0) {
                            throw new GoRefuses("invalid hexadecimal escape");
                        }
                    }
                } else if ("bfnrt\\/\"".indexOf(escape) < 0) {
                    throw new GoRefuses("invalid escape");
                }
            }
        }
    }

    private int at(int index) throws GoRefuses {
        if (index >= data.length) {
            throw new GoRefuses("unexpected end of JSON input");
        }
        return data[index] & 0xFF;
    }

    /** The text of a string that {@link #end} has accepted: whatever is no UTF-8 and no UTF-16 becomes U+FFFD. */
    String text(int begin, int end) {
        StringBuilder out = new StringBuilder(end - begin);
        int at = begin + 1;
        while (at < end - 1) {
            int c = data[at] & 0xFF;
            if (c == '\\') {
                at = escape(at, out);
            } else if (c < 0x80) {
                out.append((char) c);
                at++;
            } else {
                at = rune(at, end - 1, out);
            }
        }
        return out.toString();
    }

    private int escape(int at, StringBuilder out) {
        int c = data[at + 1];
        if (c != 'u') {
            int plain = "bfnrt".indexOf(c);
            out.append(plain < 0 ? (char) c : "\b\f\n\r\t".charAt(plain));
            return at + 2;
        }
        char first = hex(at + 2);
        if (!Character.isSurrogate(first)) {
            out.append(first);
            return at + 6;
        }
        if (data[at + 6] == '\\' && data[at + 7] == 'u') {
            char second = hex(at + 8);
            if (Character.isSurrogatePair(first, second)) {
                out.append(first).append(second);
                return at + 12;
            }
        }
        out.append('\uFFFD');
        return at + 6;
    }

    private char hex(int at) {
        return (char) Integer.parseInt(new String(data, at, 4, StandardCharsets.US_ASCII), 16);
    }

    /** One rune of UTF-8, or U+FFFD for one byte that begins none (Go {@code utf8.DecodeRune}). */
    private int rune(int at, int end, StringBuilder out) {
        int lead = data[at] & 0xFF;
        int size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        int least = size == 4 ? 0x10000 : size == 3 ? 0x800 : 0x80;
        boolean good = lead >= 0xC2 && lead <= 0xF4 && at + size <= end;
        int rune = lead & (0x7F >> size);
        for (int i = 1; good && i < size; i++) {
            good = (data[at + i] & 0xC0) == 0x80;
            rune = rune << 6 | data[at + i] & 0x3F;
        }
        if (!good || rune < least || rune > 0x10FFFF || rune >= 0xD800 && rune <= 0xDFFF) {
            out.append('\uFFFD');
            return at + 1;
        }
        out.appendCodePoint(rune);
        return at + size;
    }
}
