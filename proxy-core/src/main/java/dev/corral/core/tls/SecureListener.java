package dev.corral.core.tls;

import dev.corral.core.spi.PeerCertificate;
import org.jspecify.annotations.Nullable;

/** Goes on with a connection once it is encrypted. Called on its event loop. */
public interface SecureListener {
    /** HTTP/2's name where both agree on what to speak. */
    String HTTP_2 = "h2";

    /**
     * The handshake succeeded.
     *
     * <p>Handlers added at the end of the pipeline see what the client says, and are told that the channel is active.
     *
     * @param protocol what both agreed to speak, such as {@code h2}; null where the client did not say
     * @param certificate what the client showed; null where it showed none
     */
    void secured(@Nullable String protocol, @Nullable PeerCertificate certificate);
}
