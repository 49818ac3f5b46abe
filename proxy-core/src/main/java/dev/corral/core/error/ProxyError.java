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
 */
public record ProxyError(ErrorCode code, String message, Map<String, String> headers) {
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
    public static final ProxyError STALE_SIGNATURE = unauthenticated(ErrorCode.STALE_SIGNATURE);
    public static final ProxyError INVALID_TOKEN = unauthenticated(ErrorCode.INVALID_TOKEN);
    public static final ProxyError FOREIGN_ADDRESS = unauthenticated(ErrorCode.FOREIGN_ADDRESS);

    public ProxyError {
        headers = Map.copyOf(headers);
    }

    public ProxyError(ErrorCode code, String message) {
        this(code, message, Map.of());
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
