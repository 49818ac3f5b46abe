package dev.corral.core.error;

import java.util.List;
import java.util.Map;

/**
 * One refusal: the code and a sentence for the caller. Carries no stack trace, because strangers can cause most of
 * them, and no text of a stranger's making.
 *
 * @param code why
 * @param message one plain sentence, single line, without a secret, a cause's message or an upstream address
 * @param headers further response headers, such as {@code Allow} or {@code Retry-After}
 * @param help what the help page is told, where a failed credential leads there, as a query of {@code a-z 0-9 = %} and
 *     letters; empty for nothing
 */
public record ProxyError(ErrorCode code, String message, Map<String, String> headers, String help) {
    private static final String UNAUTHENTICATED_MESSAGE =
            "a valid API key is required: send it as \"Authorization: Bearer KEY\" or \"X-API-Key: KEY\"";
    // RFC 9110 section 11.6.1: a 401 names at least one challenge.
    private static final Map<String, String> CHALLENGE = Map.of("WWW-Authenticate", "Bearer realm=\"corral\"");

    public static final ProxyError MISSING_KEY = unauthenticated(ErrorCode.MISSING_KEY);
    public static final ProxyError MALFORMED_KEY = unauthenticated(ErrorCode.MALFORMED_KEY);
    public static final ProxyError UNKNOWN_KEY = unauthenticated(ErrorCode.UNKNOWN_KEY);
    public static final ProxyError EXPIRED_KEY = unauthenticated(ErrorCode.EXPIRED_KEY);
    public static final ProxyError REVOKED_KEY = unauthenticated(ErrorCode.REVOKED_KEY);
    public static final ProxyError UNREGISTERED_KEY = unauthenticated(ErrorCode.UNREGISTERED_KEY);
    public static final ProxyError STALE_SIGNATURE =
            new ProxyError(ErrorCode.STALE_SIGNATURE, UNAUTHENTICATED_MESSAGE, CHALLENGE, "clock");
    public static final ProxyError INVALID_TOKEN = unauthenticated(ErrorCode.INVALID_TOKEN);
    public static final ProxyError FOREIGN_ADDRESS = unauthenticated(ErrorCode.FOREIGN_ADDRESS);

    /** Not a secret, so that the caller may be told what is wrong with it. */
    public static final ProxyError PLACEHOLDER_KEY = new ProxyError(
            ErrorCode.PLACEHOLDER_KEY,
            "the API key that was sent is only a placeholder, which programs send where none is set: set the key that this"
                    + " server's operator gave you (it begins with crl_) as your program's API key, such as OPENAI_API_KEY,"
                    + " ANTHROPIC_AUTH_TOKEN or the header \"Authorization: Bearer KEY\"",
            CHALLENGE,
            "placeholder");

    public ProxyError {
        headers = Map.copyOf(headers);
    }

    public ProxyError(ErrorCode code, String message, Map<String, String> headers) {
        this(code, message, headers, "");
    }

    public ProxyError(ErrorCode code, String message) {
        this(code, message, Map.of());
    }

    /**
     * A good signature of a key that nobody has registered: the same as for any failed credential, but that the help page
     * shows whose key to let in.
     *
     * @param fingerprint of the key: {@code SHA256:} and base64
     */
    public static ProxyError unregistered(String fingerprint) {
        String key = fingerprint.replace(":", "%3A").replace("+", "%2B").replace("/", "%2F");
        return new ProxyError(ErrorCode.UNREGISTERED_KEY, UNAUTHENTICATED_MESSAGE, CHALLENGE, "key=" + key);
    }

    /** A known path, but not with this method. */
    public static ProxyError methodNotAllowed(List<String> allowed) {
        String list = String.join(", ", allowed);
        return new ProxyError(
                ErrorCode.METHOD_NOT_ALLOWED, "this endpoint accepts only " + list, Map.of("Allow", list));
    }

    /** Corral or the upstream cannot take the request now; worth another try after some seconds. */
    public static ProxyError tryAgain(ErrorCode code, String message, int seconds) {
        return new ProxyError(code, message, Map.of("Retry-After", Integer.toString(seconds)));
    }

    private static ProxyError unauthenticated(ErrorCode code) {
        return new ProxyError(code, UNAUTHENTICATED_MESSAGE, CHALLENGE);
    }
}
