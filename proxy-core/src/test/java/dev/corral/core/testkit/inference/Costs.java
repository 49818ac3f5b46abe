package dev.corral.core.testkit.inference;

/**
 * What one answer takes.
 *
 * @param promptTokens tokens read
 * @param thinking tokens thought aloud before the words; only where the dialect and the route have them
 * @param words tokens said
 * @param loadNanos for loading the model
 * @param promptNanos for reading
 * @param evalNanos for generating
 */
public record Costs(int promptTokens, int thinking, int words, long loadNanos, long promptNanos, long evalNanos) {
    private static final int TRICK = 5;

    /** Words that a reader of text, rather than of JSON, would stumble over; escaped as Go escapes them. */
    private static final String[] TRICKS = {
        "\\\"done\\\":true",
        "data: [DONE]\\n\\n",
        "\\u003c/s\\u003e",
        "\\\"choices\\\":[],\\\"usage\\\":{\\\"completion_tokens\\\":9}",
        "\\\\",
        "event: message_stop",
        "\u00fc\u20ac\ud83d\ude00",
    };

    /** Tokens generated. */
    public int completionTokens() {
        return thinking + words;
    }

    /** How long the model worked. */
    public long gpuNanos() {
        return loadNanos + promptNanos + evalNanos;
    }

    /** One thought, as it stands between quotation marks. */
    String thought(int index) {
        return " t" + index;
    }

    /** One word, likewise; words are counted from behind the last thought. */
    String word(int index) {
        return index % TRICK == TRICK - 1 ? TRICKS[index / TRICK % TRICKS.length] : " w" + index;
    }

    String thoughts() {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < thinking; i++) {
            all.append(thought(i));
        }
        return all.toString();
    }

    String said() {
        StringBuilder all = new StringBuilder();
        for (int i = thinking; i < completionTokens(); i++) {
            all.append(word(i));
        }
        return all.toString();
    }
}
