package dev.corral.core.body;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How Go 1.26 reads a value with parameters: {@code mime/mediatype.go:ParseMediaType}. One character for each byte. */
record GoMediaType(String type, Map<String, String> parameters) {
    static @Nullable GoMediaType parse(String value) {
        int semicolon = value.indexOf(';');
        String base = semicolon < 0 ? value : value.substring(0, semicolon);
        String type = trimSpace(base.toLowerCase(Locale.ROOT));
        String[] halves = type.split("/", -1);
        if (halves.length > 2) {
            return null;
        }
        for (String half : halves) {
            if (half.isEmpty() || !half.chars().allMatch(c -> token((char) c))) {
                return null;
            }
        }
        Map<String, String> parameters = new Parameters(value.substring(base.length())).read();
        return parameters == null ? null : new GoMediaType(type, parameters);
    }

    private static String trimSpace(String text) {
        int from = spaces(text, 0);
        int end = text.length();
        while (end > from && " \t\n\u000b\f\r".indexOf(text.charAt(end - 1)) >= 0) {
            end--;
        }
        return text.substring(from, end);
    }

    // unicode.IsSpace, of the two-byte ones as well
    private static int spaces(String text, int from) {
        int at = from;
        while (at < text.length()) {
            if (" \t\n\u000b\f\r".indexOf(text.charAt(at)) >= 0) {
                at++;
            } else if (text.startsWith("\u00c2\u0085", at) || text.startsWith("\u00c2\u00a0", at)) {
                at += 2;
            } else {
                break;
            }
        }
        return at;
    }

    static boolean letterOrDigit(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
    }

    // grammar.go:isTokenChar
    private static boolean token(char c) {
        return letterOrDigit(c) || "!#$%&'*+-.^_`{|}~".indexOf(c) >= 0;
    }

    private static boolean special(char c) {
        return "()<>@,;:\\\"/[]?=".indexOf(c) >= 0;
    }

    /** mediatype.go: the parameters of a value, duplicates and continuations included. */
    private static final class Parameters {
        private final String text;
        private final Map<String, String> plain = new HashMap<>();
        private final Map<String, Map<String, String>> starred = new HashMap<>();
        private int at;

        Parameters(String text) {
            this.text = text;
        }

        @Nullable
        Map<String, String> read() {
            while (true) {
                at = spaces(text, at);
                if (at == text.length()) {
                    stitch();
                    return plain;
                }
                int before = at;
                if (!consume()) {
                    if (GoMediaType.trimSpace(text.substring(before)).equals(";")) {
                        stitch();
                        return plain;
                    }
                    return null;
                }
            }
        }

        private boolean consume() {
            if (text.charAt(at) != ';') {
                return false;
            }
            at = spaces(text, at + 1);
            String key = token().toLowerCase(Locale.ROOT);
            at = spaces(text, at);
            if (key.isEmpty() || at == text.length() || text.charAt(at) != '=') {
                return false;
            }
            at = spaces(text, at + 1);
            boolean quoted = at < text.length() && text.charAt(at) == '"';
            String value = quoted ? quotedString() : token();
            if (value == null || value.isEmpty() && !quoted) {
                return false;
            }
            int star = key.indexOf('*');
            Map<String, String> to =
                    star < 0 ? plain : starred.computeIfAbsent(key.substring(0, star), name -> new HashMap<>());
            String was = to.put(key, value);
            return was == null || was.equals(value);
        }

        private String token() {
            int from = at;
            while (at < text.length() && GoMediaType.token(text.charAt(at))) {
                at++;
            }
            return text.substring(from, at);
        }

        // consumeValue
        private @Nullable String quotedString() {
            StringBuilder value = new StringBuilder();
            for (int i = at + 1; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c == '"') {
                    at = i + 1;
                    return value.toString();
                }
                if (c == '\\' && i + 1 < text.length() && special(text.charAt(i + 1))) {
                    value.append(text.charAt(++i));
                } else if (c == '\r' || c == '\n') {
                    return null;
                } else {
                    value.append(c);
                }
            }
            return null;
        }

        private void stitch() {
            starred.forEach((key, pieces) -> {
                String single = pieces.get(key + '*');
                if (single != null) {
                    String decoded = decoded(single);
                    if (decoded != null) {
                        plain.put(key, decoded);
                    }
                    return;
                }
                List<String> joined = new ArrayList<>();
                for (int n = 0; ; n++) {
                    String simple = pieces.get(key + '*' + n);
                    String encoded = pieces.get(key + '*' + n + '*');
                    if (simple != null) {
                        joined.add(simple);
                    } else if (encoded != null) {
                        String part = n == 0 ? decoded(encoded) : unescaped(encoded);
                        joined.add(part == null ? "" : part);
                    } else {
                        break;
                    }
                }
                if (!joined.isEmpty()) {
                    plain.put(key, String.join("", joined));
                }
            });
        }

        // decode2231Enc
        private static @Nullable String decoded(String value) {
            String[] thirds = value.split("'", 3);
            if (thirds.length < 3) {
                return null;
            }
            String charset = thirds[0].toLowerCase(Locale.ROOT);
            return charset.equals("us-ascii") || charset.equals("utf-8") ? unescaped(thirds[2]) : null;
        }

        // percentHexUnescape
        private static @Nullable String unescaped(String value) {
            StringBuilder plain = new StringBuilder();
            for (int i = 0; i < value.length(); i++) {
                char c = value.charAt(i);
                if (c == '%') {
                    if (i + 2 >= value.length()
                            || Character.digit(value.charAt(i + 1), 16) < 0
                            || Character.digit(value.charAt(i + 2), 16) < 0) {
                        return null;
                    }
                    c = (char) Integer.parseInt(value.substring(i + 1, i + 3), 16);
                    i += 2;
                }
                plain.append(c);
            }
            return plain.toString();
        }
    }
}
