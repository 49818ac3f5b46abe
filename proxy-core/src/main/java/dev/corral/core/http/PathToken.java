package dev.corral.core.http;

import io.netty.handler.codec.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * A key in front of the path, {@code /t/KEY/…}, for programs that can be told nothing but a URL. It is taken out of the
 * head before anybody else sees that: what is decided on, sent, measured and logged is a target without it.
 */
public final class PathToken {
    private static final String PREFIX = "/t/";
    private static final String KEY = "crl_";
    private static final String HIDDEN = "*";

    private PathToken() {}

    /**
     * Takes the token out of a head's target. What is left is a target as if there had been none, however odd the token
     * or the rest: whoever decides on the target still has to look at both.
     *
     * @return null where the target has none, and is as it was
     */
    public static @Nullable String take(HttpRequest head) {
        String target = head.uri();
        int prefix = prefix(target);
        if (prefix < 0) {
            return null;
        }
        int from = prefix + PREFIX.length();
        int to = end(target, from);
        String rest = target.substring(to);
        head.setUri(target.substring(0, prefix) + (rest.startsWith("/") ? rest : "/" + rest));
        return target.substring(from, to);
    }

    /** Whether a target has what may be a token, configured or not. */
    public static boolean isIn(String target) {
        return prefix(target) >= 0;
    }

    /** Whether this can be a token at all: letters, digits and underscores, so that no two servers read it differently. */
    public static boolean plain(String token) {
        for (int i = 0; i < token.length(); i++) {
            char c = token.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_')) {
                return false;
            }
        }
        return !token.isEmpty();
    }

    /**
     * A target that may be logged: without anything from a token on, also where tokens are not configured, or the client
     * has put one together wrongly, or encoded something.
     */
    public static String hidden(String target) {
        int prefix = prefix(target);
        int cut = prefix < 0 ? target.length() : prefix + PREFIX.length();
        for (int i = 0; i < cut; i++) {
            // Nothing encoded is ever let in, and what it hides need not be readable here to be a key.
            if (target.charAt(i) == '%' || target.regionMatches(true, i, KEY, 0, KEY.length())) {
                cut = i;
            }
        }
        return cut == target.length() && prefix < 0 ? target : target.substring(0, cut) + HIDDEN;
    }

    /** Where {@code /t/} begins, if the path begins with it; else -1. */
    private static int prefix(String target) {
        int path = CanonicalTarget.pathStart(target);
        return path >= 0 && target.startsWith(PREFIX, path) ? path : -1;
    }

    private static int end(String target, int from) {
        for (int i = from; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c == '/' || c == '?') {
                return i;
            }
        }
        return target.length();
    }
}
