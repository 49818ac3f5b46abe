package dev.corral.server.connect;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Why {@code corral connect} cannot do it, in one sentence for the person who asked. Never holds a secret. */
public final class ConnectException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    /** What kind of reason. */
    public enum Reason {
        /** The command line is wrong. */
        USAGE,
        /** A file is not what it should be, or not kept as it should be. */
        BAD_FILE,
        /** The address cannot be listened on. */
        UNAVAILABLE,
        /** Reading failed. */
        IO
    }

    private final Reason reason;

    ConnectException(Reason reason, String message) {
        this(reason, message, null);
    }

    ConnectException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
