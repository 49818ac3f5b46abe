package dev.corral.server.wiring;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Why Corral cannot start, in one sentence for the person who started it. */
public final class StartException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    /** What kind of reason. */
    public enum Reason {
        /** The key file is not what it should be. */
        BAD_KEY_FILE,
        /** The store of usage is not what it should be. */
        BAD_STORE,
        /** This machine, or how Corral is installed on it, is not as it should be; starting again does not help. */
        CONFIG,
        /** An address cannot be listened on. */
        UNAVAILABLE,
        /** A file or directory cannot be made. */
        CANNOT_CREATE,
        /** Reading or writing failed. */
        IO
    }

    private final Reason reason;

    StartException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
