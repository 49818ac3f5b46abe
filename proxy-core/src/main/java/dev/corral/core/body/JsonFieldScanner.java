package dev.corral.core.body;

import dev.corral.core.spi.Endpoint;
import java.nio.ByteBuffer;

/**
 * Reads a request body once, as strictly as Ollama's own decoder and stricter where that one would guess: UTF-8, one
 * JSON object with nothing behind it, bounded depth, and no member that Ollama knows given twice or spelled in another
 * way. Finds where the members stand that policy reads; builds no tree. Confined to one thread, reused.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class JsonFieldScanner {
    /** The deepest nesting accepted; Go's own limit is 10,000. */
    public static final int MAX_DEPTH = 256;

    /**
     * Scans a body.
     *
     * @param body borrowed; absolute reads from its position to its limit, which are not moved
     * @throws BadBody if it is not acceptable
     */
    public JsonFields scan(Endpoint endpoint, ByteBuffer body) throws BadBody {
        throw new UnsupportedOperationException(endpoint.pattern() + body);
    }
}
