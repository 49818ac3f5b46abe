package dev.corral.core.spi;

import java.net.InetAddress;
import java.util.List;

/**
 * The head of a request, read-only. Valid only during the call it is passed to: do not keep it.
 *
 * <p>Confined to the exchange's event loop.
 */
public interface RequestView {
    /** The method as sent, such as {@code POST}. */
    String method();

    /** The path without query, canonical: begins with {@code /}, printable ASCII, nothing percent-encoded. */
    String path();

    /** The address the request is attributed to. */
    InetAddress clientAddress();

    /**
     * All values of a header field, in order; empty where the field is absent. Never log or return values of
     * credential fields.
     *
     * @param name the field name, in any letter case
     */
    List<String> headers(String name);
}
