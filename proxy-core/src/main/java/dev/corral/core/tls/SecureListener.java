package dev.corral.core.tls;

import dev.corral.core.spi.PeerCertificate;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/** Goes on with a connection once it is encrypted. Called on its event loop. */
public interface SecureListener {
    /**
     * The handshake succeeded.
     *
     * @param place in the pipeline, after which handlers see what the client says; the channel is told active after this
     * @param protocol what both agreed to speak, such as {@code h2}; null where the client did not say
     * @param certificate what the client showed; null where it showed none
     */
    void secured(ChannelHandlerContext place, @Nullable String protocol, @Nullable PeerCertificate certificate);
}
