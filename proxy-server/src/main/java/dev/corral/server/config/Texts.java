package dev.corral.server.config;

/** Makes text from a file fit for a message: no control characters, no endless lines. */
final class Texts {
    private static final int QUOTED = 100;

    private Texts() {}

    /** The text in quotes, escaped and cut, and without passwords that stand in a URL. */
    static String quote(String text) {
        return '"' + escape(withoutSecrets(text), QUOTED) + '"';
    }

    /** What stands in a URL before the host, and after the path of one that may have a password there, is hidden. */
    private static String withoutSecrets(String text) {
        int host = text.indexOf("://") + 3;
        if (host < 3) {
            return text;
        }
        int at = text.lastIndexOf('@');
        if (at >= host) {
            return text.substring(0, host) + StateUrl.HIDDEN + text.substring(at);
        }
        int query = text.indexOf('?', host);
        boolean store = text.startsWith("redis") || text.startsWith("valkey");
        int hidden = text.startsWith(":", host) ? host : query + 1;
        return !store || hidden == 0 ? text : text.substring(0, hidden) + StateUrl.HIDDEN;
    }

    /** At most {@code max} characters of the text, whatever is not plainly visible as {@code \}{@code uXXXX}. */
    static String escape(String text, int max) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < Math.min(text.length(), max); i++) {
            char c = text.charAt(i);
            if (visible(c)) {
                out.append(c);
            } else {
                out.append(String.format("\\u%04x", (int) c));
            }
        }
        return text.length() > max ? out.append("...").toString() : out.toString();
    }

    private static boolean visible(char c) {
        if (c >= ' ' && c < 0x7f) {
            return true;
        }
        return switch (Character.getType(c)) {
            case Character.UPPERCASE_LETTER,
                    Character.LOWERCASE_LETTER,
                    Character.OTHER_LETTER,
                    Character.DECIMAL_DIGIT_NUMBER -> true;
            default -> false;
        };
    }
}
