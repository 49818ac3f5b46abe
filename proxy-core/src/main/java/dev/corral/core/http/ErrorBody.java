package dev.corral.core.http;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.Dialect;
import org.jspecify.annotations.Nullable;

/**
 * An error in the words and shape of the caller's API family: one line of JSON, never empty, because the
 * {@code ollama} command reads errors line by line and takes an empty one for success (ollama-api section 6).
 */
public final class ErrorBody {
    private ErrorBody() {}

    /**
     * The body of a refusal.
     *
     * @param signinUrl for a native 401, the one text that {@code ollama run} shows its user then; else null
     */
    public static String render(ProxyError error, Dialect dialect, String requestId, @Nullable String signinUrl) {
        StringBuilder json = new StringBuilder(256);
        switch (dialect) {
            case NATIVE -> {
                json.append("{\"error\":");
                quote(json, error.message());
                if (signinUrl != null) {
                    json.append(",\"signin_url\":");
                    quote(json, signinUrl);
                }
                json.append('}');
            }
            case OPENAI -> {
                json.append("{\"error\":{\"message\":");
                quote(json, error.message());
                json.append(",\"type\":\"").append(openAiType(error.code()));
                json.append("\",\"param\":null,\"code\":").append(openAiCode(error));
                json.append("}}");
            }
            case ANTHROPIC -> {
                json.append("{\"type\":\"error\",\"error\":{\"type\":\"");
                json.append(anthropicType(error.code().status())).append("\",\"message\":");
                quote(json, error.message());
                json.append("},\"request_id\":\"").append(requestId).append("\"}");
            }
        }
        // Ollama's native handlers end without a line end, its writers for the other families with one.
        boolean lineEnd = dialect != Dialect.NATIVE || !error.code().disguised();
        return lineEnd ? json.append('\n').toString() : json.toString();
    }

    // The words OpenAI's own service uses, which SDKs and tools look for; the header X-Corral-Code has ours.
    private static String openAiCode(ProxyError error) {
        String code = switch (error.code()) {
            case MISSING_KEY,
                    MALFORMED_KEY,
                    UNKNOWN_KEY,
                    EXPIRED_KEY,
                    REVOKED_KEY,
                    PLACEHOLDER_KEY,
                    UNREGISTERED_KEY,
                    STALE_SIGNATURE,
                    INVALID_TOKEN,
                    FOREIGN_ADDRESS -> "invalid_api_key";
            case REQUEST_RATE, TOKEN_RATE, CONCURRENCY, STRANGER_RATE, LOCKED_OUT, QUEUE_FULL_KEY ->
                "rate_limit_exceeded";
            case TOKEN_QUOTA, GPU_QUOTA -> "insufficient_quota";
            default -> error.code().publicLabel();
        };
        return code == null ? "null" : '"' + code + '"';
    }

    // Ollama openai/openai.go:NewError; it knows no 429, so there OpenAI's own: what is used up, or that nothing is
    // left.
    private static String openAiType(ErrorCode code) {
        return switch (code) {
            case REQUEST_RATE, CONCURRENCY, STRANGER_RATE, LOCKED_OUT, QUEUE_FULL_KEY -> "requests";
            case TOKEN_RATE -> "tokens";
            case TOKEN_QUOTA, GPU_QUOTA -> "insufficient_quota";
            default ->
                switch (code.status()) {
                    case 400, 401, 403, 405, 408, 413, 414, 415, 417, 431, 505 -> "invalid_request_error";
                    case 404 -> "not_found_error";
                    default -> "api_error";
                };
        };
    }

    // Ollama anthropic/anthropic.go:NewError
    private static String anthropicType(int status) {
        return switch (status) {
            case 400, 405, 408, 414, 415, 417, 431, 505 -> "invalid_request_error";
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 503 -> "overloaded_error";
            default -> "api_error";
        };
    }

    private static void quote(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ' || c >= 0x7f) {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }
}
