package dev.corral.auth.key;

import java.text.Normalizer;

/**
 * What the name of a key, and the name of its role, may be: people write them, logs and listings show them.
 *
 * <p>1 to 64 characters; letters of any script, digits, punctuation, symbols and single spaces inside; in Unicode form
 * NFC, so that what looks the same is the same. No control and no invisible formatting characters.
 */
final class KeyNames {
    static final int MAX_LENGTH = 64;
    static final String EXPECTED = "1 to 64 printable characters, no space at either end";

    private KeyNames() {}

    static boolean valid(String name) {
        // A file of 100,000 keys is read at every change: plain names must not cost a walk through Unicode's tables.
        return plain(name) || validUnicode(name);
    }

    private static boolean plain(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) <= ' ' || name.charAt(i) >= 0x7F) {
                return false;
            }
        }
        return !name.isEmpty() && name.length() <= MAX_LENGTH;
    }

    private static boolean validUnicode(String name) {
        int length = name.codePointCount(0, name.length());
        if (length < 1 || length > MAX_LENGTH || name.startsWith(" ") || name.endsWith(" ")) {
            return false;
        }
        return name.codePoints().allMatch(KeyNames::printable) && Normalizer.isNormalized(name, Normalizer.Form.NFC);
    }

    /** For messages: bounded, one line, and of a key only what is no secret. */
    static String shown(String text) {
        int limit = text.startsWith(PresentedKey.PREFIX)
                ? PresentedKey.PREFIX.length() + PresentedKey.ID_LENGTH
                : MAX_LENGTH;
        StringBuilder shown = new StringBuilder("\"");
        text.codePoints().limit(limit).forEach(c -> shown.appendCodePoint(printable(c) ? c : '?'));
        return shown.append(text.codePointCount(0, text.length()) > limit ? "...\"" : "\"")
                .toString();
    }

    private static boolean printable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> c == ' ';
            default -> true;
        };
    }
}
