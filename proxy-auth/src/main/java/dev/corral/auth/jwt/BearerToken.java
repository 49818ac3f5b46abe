package dev.corral.auth.jwt;

import dev.corral.core.spi.RequestView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A token where a request may carry one: {@code Authorization: Bearer HEADER.CLAIMS.SIGNATURE}, and no other credential
 * beside it. Never shown: it is as good as a password while it lasts.
 */
sealed interface BearerToken {
    /** Nothing that looks like a token. */
    enum Absent implements BearerToken {
        INSTANCE
    }

    /** A token, but too long, or beside another credential. */
    enum Malformed implements BearerToken {
        INSTANCE
    }

    /** Three parts of base64url, of which nothing is known yet. */
    record Presented(String text) implements BearerToken {
        @Override
        public String toString() {
            return "BearerToken[" + text.length() + " characters]";
        }
    }

    /** Longer ones would be forwarded by hardly any server; bounds the work before any is done. */
    int MAX_LENGTH = 8 << 10;

    String SCHEME = "Bearer ";
    /** How our own keys begin, which have no dots. */
    String KEY = "crl_";

    /** Finds the one token; never throws, whatever the values. */
    static BearerToken of(RequestView request) {
        List<String> authorization = request.headers("authorization");
        String token = null;
        for (String value : authorization) {
            String found = token(value);
            token = found == null ? token : found;
        }
        if (token == null) {
            return Absent.INSTANCE;
        }
        if (authorization.size() > 1
                || request.pathToken() != null
                || !request.headers("x-api-key").isEmpty()
                || !request.headers("api-key").isEmpty()
                || token.length() > MAX_LENGTH
                || !base64url(token)) {
            return Malformed.INSTANCE;
        }
        return new Presented(token);
    }

    private static @Nullable String token(String value) {
        if (!value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return null;
        }
        int from = SCHEME.length();
        while (from < value.length() && value.charAt(from) == ' ') {
            from++;
        }
        int first = value.indexOf('.', from);
        int second = first < 0 ? -1 : value.indexOf('.', first + 1);
        // Four dots are an encrypted token, which nobody here could read.
        return second < 0 || value.indexOf('.', second + 1) >= 0 || value.startsWith(KEY, from)
                ? null
                : value.substring(from);
    }

    // RFC 7515 section 2: base64url without padding.
    private static boolean base64url(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!(c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || c >= '0' && c <= '9'
                    || c == '-'
                    || c == '_'
                    || c == '.')) {
                return false;
            }
        }
        return true;
    }
}
