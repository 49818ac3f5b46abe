package dev.corral.server.demo;

import java.io.Serial;

/** A request that is answered with an error, in the shape of the API family it came by. */
final class ApiException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int status;

    ApiException(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    int status() {
        return status;
    }
}
