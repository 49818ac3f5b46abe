package dev.corral.core.tls;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What an ACME server may ask for under {@code /.well-known/acme-challenge/} (RFC 8555 section 8.3). Any thread. */
public final class HttpChallenges {
    /** Where the tokens are looked for. */
    public static final String PREFIX = "/.well-known/acme-challenge/";

    // One order has as many as it has names.
    private static final int MOST = 256;

    private final Map<String, String> answers = new ConcurrentHashMap<>();

    /**
     * Answers for a token from now on.
     *
     * @throws IllegalStateException where there are too many already
     */
    public void put(String token, String authorization) {
        if (answers.size() >= MOST) {
            throw new IllegalStateException(
                    answers.size() + " challenges at one time (expected: at most " + MOST + ")");
        }
        answers.put(token, authorization);
    }

    public void remove(String token) {
        answers.remove(token);
    }

    /** The answer to a path; null where there is none. */
    public @Nullable String answer(String path) {
        return path.startsWith(PREFIX) ? answers.get(path.substring(PREFIX.length())) : null;
    }
}
