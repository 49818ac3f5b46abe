package dev.corral.core.body;

import dev.corral.core.error.ProxyError;

/** A body that is not acceptable. Without stack trace: strangers' bytes cause it. */
public final class BadBody extends Exception {
    private static final long serialVersionUID = 1;

    private final transient ProxyError error;

    public BadBody(ProxyError error) {
        super(error.message(), null, false, false);
        this.error = error;
    }

    /** The refusal. */
    public ProxyError error() {
        return error;
    }
}
