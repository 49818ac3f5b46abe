package dev.corral.server.state;

import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Why usage cannot be kept or read, in one sentence for the operator. */
public final class UsageStoreException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** What kind of reason. */
    public enum Kind {
        /** There is nothing to read yet. */
        MISSING,
        /** The library that reads and writes the file cannot be loaded on this machine, or not from where it lies. */
        LIBRARY,
        /** A later version of Corral has written the file. */
        NEWER,
        /** The file is damaged. */
        DAMAGED,
        /** The file cannot be made. */
        CANNOT_CREATE,
        /** Reading or writing failed. */
        IO
    }

    private final Kind kind;

    public UsageStoreException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
