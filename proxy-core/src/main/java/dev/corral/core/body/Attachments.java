package dev.corral.core.body;

/** How large an attachment is that stands in a JSON string. Stateless. */
final class Attachments {
    private static final String SCHEME = "data:";
    // A media type and ";base64": Ollama takes none that is longer (openai/openai.go:decodeImageURL).
    private static final int LONGEST_PREFIX = 64;

    private Attachments() {}

    /**
     * Characters of base64, without the prefix of a data URI and with escapes resolved; where they cannot be told apart,
     * more rather than fewer.
     *
     * @param start behind the quote that opens the string, which was found good
     * @param end of the quote that closes it
     */
    static int characters(JsonBytes json, int start, int end) {
        int from = start + prefix(json, start, end);
        return json.escaped() ? end - from - escapes(json, from, end) : end - from;
    }

    private static int prefix(JsonBytes json, int start, int end) {
        int last = Math.min(end, start + LONGEST_PREFIX);
        for (int i = start; i < last; i++) {
            byte c = json.get(i);
            if (c == ',') {
                return i + 1 - start;
            }
            int scheme = i - start;
            if (c == '\\' || scheme < SCHEME.length() && c != SCHEME.charAt(scheme)) {
                return 0;
            }
        }
        return 0;
    }

    /** How many bytes more the escapes take than what they stand for, if that is ASCII. */
    private static int escapes(JsonBytes json, int start, int end) {
        int more = 0;
        int i = start;
        while (i < end) {
            if (json.get(i) != '\\') {
                i++;
            } else if (json.get(i + 1) == 'u') {
                more += 5;
                i += 6;
            } else {
                more++;
                i += 2;
            }
        }
        return more;
    }
}
