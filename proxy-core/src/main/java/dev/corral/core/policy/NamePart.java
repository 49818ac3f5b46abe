package dev.corral.core.policy;

/** What the parts of a model's name may be made of (Ollama {@code types/model/name.go:isValidPart}). */
enum NamePart {
    HOST(350, true, true),
    NAMESPACE(80, false, false),
    MODEL(80, true, false),
    TAG(80, true, false);

    private final int max;
    private final boolean dot;
    private final boolean colon;

    NamePart(int max, boolean dot, boolean colon) {
        this.max = max;
        this.dot = dot;
        this.colon = colon;
    }

    /** Whether the characters from {@code start} to {@code end}, exclusive, are such a part. */
    boolean accepts(String text, int start, int end) {
        int length = end - start;
        if (length < 1 || length > max || !mayBegin(text.charAt(start))) {
            return false;
        }
        for (int i = start + 1; i < end; i++) {
            if (!has(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** The same for a pattern, in which {@code *} stands for any run: whether some part matches it. */
    boolean acceptsPattern(String text, int start, int end) {
        if (start >= end) {
            return false;
        }
        int shortest = 0;
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            if (c == '*') {
                continue;
            }
            if (!has(c) || i == start && !mayBegin(c)) {
                return false;
            }
            // Something else must stand before a dot or a dash: the star's run, which is then not empty.
            shortest += shortest == 0 && !mayBegin(c) ? 2 : 1;
        }
        return shortest <= max;
    }

    private static boolean mayBegin(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
    }

    private boolean has(char c) {
        return mayBegin(c) || c == '-' || dot && c == '.' || colon && c == ':';
    }
}
