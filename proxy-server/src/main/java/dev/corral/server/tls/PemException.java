package dev.corral.server.tls;

import java.io.Serial;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What is wrong with a PEM file, in one sentence that begins with its name. */
public final class PemException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    PemException(Path file, String message, @Nullable Throwable cause) {
        super(file + ": " + message, cause);
    }
}
