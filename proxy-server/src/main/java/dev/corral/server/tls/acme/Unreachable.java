package dev.corral.server.tls.acme;

import java.io.IOException;
import java.io.Serial;

/** The authority's server was not reached; the message says all that the operator needs. */
final class Unreachable extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    Unreachable(String message, Throwable cause) {
        super(message, cause);
    }
}
