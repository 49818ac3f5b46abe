package dev.corral.core.http;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Turns a request target into the path that is decided on and sent, or refuses. Nothing is interpreted: a target that
 * two servers could read differently (percent-encoding, empty or dot segments, parameters, backslashes) is refused,
 * because Ollama's two routers do read some of them as another path (ollama-api section 1.3).
 */
public final class CanonicalTarget {
    private static final String HTTP = "http://";
    private static final String HTTPS = "https://";

    private CanonicalTarget() {}

    /**
     * The path of a target, without query, or null if it must be refused.
     *
     * @param target as received; in absolute form its authority must be the request's Host
     * @param host the value of the Host field; null where there is none
     */
    public static @Nullable String path(String target, @Nullable String host) {
        String origin = target.startsWith("/") ? target : fromAbsolute(target, host);
        if (origin == null) {
            return null;
        }
        int query = origin.indexOf('?');
        if (query >= 0 && !printable(origin, query + 1)) {
            return null;
        }
        String path = query < 0 ? origin : origin.substring(0, query);
        return canonical(path) ? path : null;
    }

    /** Where the path of a target begins; -1 where it has none, or is no target of a resource. */
    static int pathStart(String target) {
        if (target.startsWith("/")) {
            return 0;
        }
        int authority = authorityStart(target);
        int slash = authority < 0 ? -1 : target.indexOf('/', authority);
        int query = target.indexOf('?');
        return query >= 0 && query < slash ? -1 : slash;
    }

    private static int authorityStart(String target) {
        String lower =
                target.substring(0, Math.min(target.length(), HTTPS.length())).toLowerCase(Locale.ROOT);
        return lower.startsWith(HTTP) ? HTTP.length() : lower.startsWith(HTTPS) ? HTTPS.length() : -1;
    }

    private static @Nullable String fromAbsolute(String target, @Nullable String host) {
        int authority = authorityStart(target);
        if (authority < 0 || host == null) {
            return null;
        }
        int slash = target.indexOf('/', authority);
        int end = slash < 0 ? target.length() : slash;
        if (!target.substring(authority, end).equalsIgnoreCase(host)) {
            return null;
        }
        return slash < 0 ? "/" : target.substring(slash);
    }

    private static boolean canonical(String path) {
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '%' || c == ';' || c == '\\' || c == '#') {
                return false;
            }
            if (c == '/' && i + 1 < path.length() && (path.charAt(i + 1) == '/' || path.charAt(i + 1) == '.')) {
                return false;
            }
        }
        return true;
    }

    private static boolean printable(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '#') {
                return false;
            }
        }
        return true;
    }
}
