package dev.corral.server.config;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds the word that was probably meant. */
final class DidYouMean {
    /** Longer words are no typing error, and comparing them costs. */
    private static final int MAX_LENGTH = 40;

    private DidYouMean() {}

    /**
     * For a key that is not a setting: the nearest of its siblings, else the same word elsewhere, else all siblings.
     *
     * @param paths of settings, words joined by dots
     */
    static String unknownSetting(String key, Collection<String> siblings, Collection<String> paths) {
        String sibling = nearest(key, siblings);
        List<String> meant = sibling == null ? elsewhere(key, paths) : List.of(sibling);
        return meant.isEmpty()
                ? "unknown setting (expected: " + (siblings.size() == 1 ? "" : "one of ") + String.join(", ", siblings)
                        + ")"
                : "unknown setting (did you mean `" + String.join("` or `", meant) + "`?)";
    }

    /** To follow what was expected of a word: the nearest candidate as a question; empty if none is near. */
    static String hint(String word, Collection<String> candidates) {
        String nearest = nearest(word, candidates);
        return nearest == null ? "" : "; did you mean `" + nearest + "`?";
    }

    /** The candidate that differs least, not counting case and punctuation; null if none is near. */
    static @Nullable String nearest(String word, Collection<String> candidates) {
        if (word.length() > MAX_LENGTH) {
            return null;
        }
        String plain = plain(word);
        String nearest = null;
        int least = Math.max(1, plain.length() / 3) + 1;
        for (String candidate : candidates) {
            int distance = distance(plain, plain(candidate));
            if (distance < least) {
                least = distance;
                nearest = candidate;
            }
        }
        return nearest;
    }

    /** The settings elsewhere whose last word this is. */
    private static List<String> elsewhere(String key, Collection<String> paths) {
        String plain = plain(key);
        return paths.stream()
                .filter(path -> plain(path.substring(path.lastIndexOf('.') + 1)).equals(plain))
                .toList();
    }

    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replaceAll("[-_ .]", "");
    }

    /** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
    static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] = Math.min(Math.min(d[i - 1][j] + 1, d[i][j - 1] + 1), d[i - 1][j - 1] + change);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
