package dev.corral.server.cli;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Messages about words that nobody knows. */
final class Words {
    // As long as the identifier of a key, which is no secret, is short.
    private static final Pattern KEY = Pattern.compile("crl_\\w{9}");

    private Words() {}

    /** {@code unknown command "kyes" (did you mean keys?)}, or what there is where nothing is near. */
    static String unknown(String what, String word, Collection<String> known) {
        String near = nearest(word, known);
        String hint = near != null
                ? " (did you mean " + near + "?)"
                : known.isEmpty() ? "" : " (expected: one of " + String.join(", ", known) + ")";
        return "unknown " + what + " " + quote(word) + hint;
    }

    /** Whether a key stands in it, or most of one. */
    static boolean hasKey(String word) {
        return KEY.matcher(word).find();
    }

    /** In quotes, bounded, without the keys that stand in it, and without anything that steers a terminal. */
    static String quote(String word) {
        if (hasKey(word)) {
            return "\"crl_...\"";
        }
        StringBuilder shown = new StringBuilder("\"");
        word.codePoints()
                .limit(64)
                .forEach(c -> shown.appendCodePoint(Character.isISOControl(c) || !Character.isDefined(c) ? '?' : c));
        return shown.append(word.codePointCount(0, word.length()) > 64 ? "...\"" : "\"")
                .toString();
    }

    private static @Nullable String nearest(String word, Collection<String> known) {
        String least = null;
        int distance = Math.max(1, word.length() / 3) + 1;
        for (String candidate : List.copyOf(known)) {
            int one = distance(word.toLowerCase(Locale.ROOT), candidate);
            if (one < distance) {
                distance = one;
                least = candidate;
            }
        }
        return least;
    }

    /** One word of a command line, for a shell. */
    static String shell(String text) {
        return text.matches("[A-Za-z0-9_./:=@%+,-]+") ? text : '\'' + text.replace("'", "'\\''") + '\'';
    }

    /** Insertions, deletions, replacements and swaps of neighbours. */
    private static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                cost[i][j] = Math.min(Math.min(cost[i - 1][j], cost[i][j - 1]) + 1, cost[i - 1][j - 1] + change);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
                }
            }
        }
        return cost[a.length()][b.length()];
    }
}
