package dev.corral.core;

import java.io.IOException;
import java.net.InetSocketAddress;

/** One of the listeners could not be opened. */
public final class ListenException extends IOException {
    private static final long serialVersionUID = 1;

    private final InetSocketAddress address;

    ListenException(InetSocketAddress address, Throwable cause) {
        super(address + " cannot be listened on", cause);
        this.address = address;
    }

    /** Which, as it was configured. */
    public InetSocketAddress address() {
        return address;
    }
}
