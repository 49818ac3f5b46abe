package dev.corral.core.http;

import dev.corral.core.spi.Endpoint;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a request body is coded (RFC 9110 section 8.4). Only what Ollama itself would read is accepted, and nothing coded
 * goes on: what was decided on is what is sent.
 */
public enum ContentCoding {
    /** As it is. */
    IDENTITY,
    /** Decoded before it is looked at. */
    ZSTD;

    private static final AsciiString ZSTD_NAME = AsciiString.cached("zstd");

    // Ollama server/cloud_proxy.go:cloudPassthroughMiddleware, middleware/openai.go:ResponsesMiddleware
    private static final Set<Endpoint> ZSTD_ENDPOINTS = Set.of(
            Endpoint.CHAT_COMPLETIONS,
            Endpoint.COMPLETIONS,
            Endpoint.V1_EMBEDDINGS,
            Endpoint.RESPONSES,
            Endpoint.MESSAGES);

    /** The coding of a request's body; null if it is not accepted there. */
    public static @Nullable ContentCoding of(HttpHeaders request, Endpoint endpoint) {
        List<String> fields = request.getAll(HttpHeaderNames.CONTENT_ENCODING);
        if (fields.isEmpty()) {
            return IDENTITY;
        }
        if (fields.size() > 1) {
            return null;
        }
        if (HttpHeaderValues.IDENTITY.contentEqualsIgnoreCase(fields.get(0))) {
            return IDENTITY;
        }
        return zstd(endpoint) && ZSTD_NAME.contentEquals(fields.get(0)) ? ZSTD : null;
    }

    /** Whether Ollama reads zstd there. */
    public static boolean zstd(Endpoint endpoint) {
        return ZSTD_ENDPOINTS.contains(endpoint);
    }
}
