package dev.corral.core.body;

import dev.corral.core.spi.Endpoint;
import org.jspecify.annotations.Nullable;

/** Which members Ollama knows in the body of a route, from its request structs. */
final class BodySchema {
    private BodySchema() {}

    /** The schema; null where policy does not look into the body. */
    static @Nullable BodySchema of(Endpoint endpoint) {
        return endpoint.body() == Endpoint.BodyKind.NONE ? null : new BodySchema();
    }
}
