package dev.corral.core.tls;

import org.jspecify.annotations.Nullable;

/** A certificate that cannot be used; the message says why, for the person who runs this. */
public final class TlsException extends Exception {
    private static final long serialVersionUID = 1;

    public TlsException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
