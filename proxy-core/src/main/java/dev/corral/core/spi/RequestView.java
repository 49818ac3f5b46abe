package dev.corral.core.spi;

import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

    /** What follows the first {@code ?} of the target, printable ASCII, as it was sent; empty where there is none. */
    String query();

    /** The token that the target carried in front of the path, which is without it; null where there was none, or tokens there are not configured. */
    @Nullable
    String pathToken();

    /** Whether the client's connection is encrypted up to Corral. */
    boolean secure();

    /** The certificate that the client showed; null where it showed none. */
    @Nullable
    PeerCertificate peerCertificate();

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
