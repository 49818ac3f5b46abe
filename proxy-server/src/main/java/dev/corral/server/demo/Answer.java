package dev.corral.server.demo;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * What the stand-in says: that it is one, and the caller's words again.
 *
 * @param tokens the answer, a word each with the blanks before it
 * @param promptTokens how many words were read
 * @param reason {@code stop}, or {@code length} where the caller's ceiling cut it
 */
record Answer(List<String> tokens, int promptTokens, String reason) {
    static final String PREFACE = "This is Corral's built-in stand-in for Ollama; it repeats your words:";

    private static final Pattern WORD = Pattern.compile("\\s*\\S+");
    private static final int LONGEST = 8192;

    /**
     * Makes an answer.
     *
     * @param repeat the words to repeat
     * @param read everything that a model would have read
     * @param ceiling the most tokens
     */
    static Answer to(String repeat, String read, int ceiling) {
        List<String> all = WORD.matcher(PREFACE + " " + repeat)
                .results()
                .limit(LONGEST)
                .map(MatchResult::group)
                .toList();
        boolean cut = all.size() > ceiling;
        return new Answer(cut ? all.subList(0, ceiling) : all, count(read), cut ? "length" : "stop");
    }

    /** How many tokens {@code text} is for the stand-in: its words. */
    static int count(String text) {
        return (int) Math.max(1, WORD.matcher(text).results().count());
    }

    String text() {
        return String.join("", tokens);
    }
}
