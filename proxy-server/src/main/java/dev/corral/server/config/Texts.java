package dev.corral.server.config;

/** Makes text from a file fit for a message: no control characters, no endless lines. */
final class Texts {
    private static final int QUOTED = 100;

    private Texts() {}

    /** The text in quotes, escaped and cut. */
    static String quote(String text) {
        return '"' + escape(text, QUOTED) + '"';
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
