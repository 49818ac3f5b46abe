package dev.corral.server.log;

/** Keeps keys out of logs that a caller put where no key belongs, such as into the path. */
final class Redaction {
    private static final String PREFIX = "crl_";
    // "crl_", eight characters of id, "_"; what follows is the secret.
    private static final int PUBLIC_PART = PREFIX.length() + 8 + 1;
    private static final String STARS = "***";

    private Redaction() {}

    /** The text with the secret of everything that looks like a key, whole or cut, replaced by stars. */
    static String redact(String text) {
        int found = text.indexOf(PREFIX);
        if (found < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length());
        int done = 0;
        while (found >= 0) {
            int end = found;
            while (end < text.length() && keyCharacter(text.charAt(end))) {
                end++;
            }
            int visible = Math.min(found + PUBLIC_PART, end);
            out.append(text, done, visible);
            if (visible < end) {
                out.append(STARS);
            }
            done = end;
            found = text.indexOf(PREFIX, end);
        }
        return out.append(text, done, text.length()).toString();
    }

    private static boolean keyCharacter(char c) {
        return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    }
}
