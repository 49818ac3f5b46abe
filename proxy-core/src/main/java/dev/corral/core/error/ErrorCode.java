package dev.corral.core.error;

import static dev.corral.core.error.ErrorCode.Fault.CLIENT;
import static dev.corral.core.error.ErrorCode.Fault.PROXY;
import static dev.corral.core.error.ErrorCode.Fault.UPSTREAM;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The closed set of reasons for which Corral refuses or breaks off an exchange. The lower-case name is the stable
 * {@code code} in metrics and logs and, but for the failed credentials, in responses.
 */
public enum ErrorCode {
    BAD_FRAMING(400, CLIENT, true),
    BAD_TARGET(400, CLIENT, true),
    BAD_HOST(400, CLIENT, true),
    UNSUPPORTED_VERSION(505, CLIENT, true),
    URI_TOO_LONG(414, CLIENT, true),
    HEADERS_TOO_LARGE(431, CLIENT, true),
    BODY_TOO_LARGE(413, CLIENT, true),
    EXPECTATION_FAILED(417, CLIENT, true),
    HEADER_TIMEOUT(408, CLIENT, true),
    BODY_TIMEOUT(408, CLIENT, true),
    UNKNOWN_ENDPOINT(404, CLIENT, false),
    METHOD_NOT_ALLOWED(405, CLIENT, false),

    /** No credential was sent. */
    MISSING_KEY(401, CLIENT, false),
    /** A credential was sent, and is not one of ours: wrong form, wrong checksum, two at once. */
    MALFORMED_KEY(401, CLIENT, false),
    /** A well-formed credential that no key has. */
    UNKNOWN_KEY(401, CLIENT, false),
    EXPIRED_KEY(401, CLIENT, false),
    REVOKED_KEY(401, CLIENT, false),
    /** The word that programs send where nobody gave them a key, such as {@code ollama}. */
    PLACEHOLDER_KEY(401, CLIENT, false),
    /** A good signature, or a certificate, of a key that nobody has registered. */
    UNREGISTERED_KEY(401, CLIENT, false),
    /** A signature of another time than now. */
    STALE_SIGNATURE(401, CLIENT, false),
    /** A token of an issuer that is not valid: its signature, audience, time or claims. */
    INVALID_TOKEN(401, CLIENT, false),
    /** A good credential from an address from which its key may not be used. */
    FOREIGN_ADDRESS(401, CLIENT, false),

    /** An address from which nobody may call. */
    FORBIDDEN_ADDRESS(403, CLIENT, false),
    /** Too many wrong credentials from one address, for now. */
    LOCKED_OUT(429, CLIENT, false),

    FORBIDDEN_ENDPOINT(403, CLIENT, false),
    FORBIDDEN_ORIGIN(403, CLIENT, false),

    /** A body that is no JSON object, or has a field of the wrong type or an impossible value. */
    INVALID_BODY(400, CLIENT, false),
    /** A body that different programs would read differently. */
    AMBIGUOUS_BODY(400, CLIENT, false),
    UNSUPPORTED_ENCODING(415, CLIENT, false),
    INVALID_MODEL_NAME(400, CLIENT, false),
    /** A model that the role does not open; looks to the caller like one that does not exist. */
    FORBIDDEN_MODEL(404, CLIENT, false),
    /** A model that the upstream does not have, asked for in other words than the caller's. */
    UNKNOWN_MODEL(404, CLIENT, false),
    /** A model that is asked for by a name that means ollama.com, which the role does not open. */
    FORBIDDEN_CLOUD(403, CLIENT, false),
    FORBIDDEN_WEB_SEARCH(403, CLIENT, false),
    /** A field that the role may not use. */
    FORBIDDEN_FIELD(403, CLIENT, false),
    /** Asking to unload a model that others may be using. */
    FORBIDDEN_UNLOAD(403, CLIENT, false),
    /** More inputs, more images or larger ones than the role may send. */
    OVER_LIMIT(400, CLIENT, false),
    /** A registry, namespace or name that the role may not manage. */
    FORBIDDEN_MANAGEMENT(403, CLIENT, false),

    /** More requests in a minute than the key may make. */
    REQUEST_RATE(429, CLIENT, false),
    /** More tokens in a minute than the key may use. */
    TOKEN_RATE(429, CLIENT, false),
    /** The tokens of a day or a month are used. */
    TOKEN_QUOTA(429, CLIENT, false),
    /** The GPU time of a day is used. */
    GPU_QUOTA(429, CLIENT, false),
    /** More requests at one time than the key may have. */
    CONCURRENCY(429, CLIENT, false),
    /** Too many requests without a valid key from one address. */
    STRANGER_RATE(429, CLIENT, false),
    /** As many requests of the key wait for a place at the upstream as may. */
    QUEUE_FULL_KEY(429, CLIENT, false),
    /** As many requests wait for a place at the upstream as may. */
    QUEUE_FULL(503, PROXY, false),
    /** A place at the upstream did not come free in time. */
    QUEUE_TIMEOUT(503, PROXY, false),
    /** What callers have used cannot be looked up now, and without it nobody may use more. */
    STATE_UNAVAILABLE(503, PROXY, false),

    OVERLOADED(503, PROXY, false),
    DRAINING(503, PROXY, true),

    UPSTREAM_CONNECT(502, UPSTREAM, false),
    UPSTREAM_RESET(502, UPSTREAM, false),
    UPSTREAM_BAD_RESPONSE(502, UPSTREAM, false),
    /** The upstream is not signed in to ollama.com, which the model needs. */
    UPSTREAM_UNAUTHORIZED(502, UPSTREAM, false),
    UPSTREAM_TRUNCATED(502, UPSTREAM, true),
    FIRST_BYTE_TIMEOUT(504, UPSTREAM, false),
    STREAM_IDLE(504, UPSTREAM, true),

    CLIENT_STALL(408, CLIENT, true),
    CLIENT_GONE(499, CLIENT, true),
    INTERNAL(500, PROXY, true);

    /** Who has to act. */
    public enum Fault {
        CLIENT,
        PROXY,
        UPSTREAM
    }

    private final int status;
    private final Fault fault;
    private final boolean closesClient;
    private final String label = name().toLowerCase(Locale.ROOT);

    ErrorCode(int status, Fault fault, boolean closesClient) {
        this.status = status;
        this.fault = fault;
        this.closesClient = closesClient;
    }

    /** The HTTP status; for codes that can only break off a response, the one that logs show. */
    public int status() {
        return status;
    }

    public Fault fault() {
        return fault;
    }

    /** Whether the client's connection cannot be kept after this, even where the request was read whole. */
    public boolean closesClient() {
        return closesClient;
    }

    /** The stable word in metrics and logs, such as {@code forbidden_endpoint}. */
    public String label() {
        return label;
    }

    /** Whether the credential failed; all of these look the same to the caller. */
    public boolean unauthenticated() {
        return status == 401;
    }

    /** Whether the response must look like the upstream's own to a request that it cannot serve. */
    public boolean disguised() {
        return this == FORBIDDEN_MODEL || this == UNKNOWN_MODEL;
    }

    /**
     * What callers see: the label, but one word for every failed credential, so that they tell nothing apart; null where
     * nothing may tell that the response is Corral's.
     */
    public @Nullable String publicLabel() {
        return disguised() ? null : unauthenticated() ? "unauthenticated" : label;
    }
}
