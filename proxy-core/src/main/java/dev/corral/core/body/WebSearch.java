package dev.corral.core.body;

/** The types of tools that make Ollama search the web by itself. Stateless. */
final class WebSearch {
    private static final String PREFIX = "web_search";

    private WebSearch() {}

    /**
     * Whether a tool's type begins like that; blanks in front and letter case do not matter (Ollama {@code
     * server/cloud_proxy.go:hasWebSearchTool} trims, {@code anthropic/anthropic.go} compares the beginning).
     *
     * @param start behind the quote that opens the string, which was found good
     * @param end of the quote that closes it
     */
    static boolean named(JsonBytes json, int start, int end) {
        // Escapes only make it longer.
        if (end - start < PREFIX.length()) {
            return false;
        }
        int first = json.get(start) | 0x20;
        if (first >= 'a' && first <= 'z' && first != 'w') {
            return false;
        }
        String type = JsonText.decode(json, start, end, json.escaped());
        int i = 0;
        while (i < type.length() && blank(type.charAt(i))) {
            i++;
        }
        return type.regionMatches(true, i, PREFIX, 0, PREFIX.length());
    }

    /** At least what Go's strings.TrimSpace takes away. */
    private static boolean blank(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
    }
}
