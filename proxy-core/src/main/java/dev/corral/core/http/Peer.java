package dev.corral.core.http;

import dev.corral.core.spi.PeerCertificate;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of a client's connection, which does not change while it lasts.
 *
 * @param address the TCP peer, or whom a PROXY protocol header named
 * @param secure whether the connection is encrypted up to here
 * @param certificate what the client showed in the TLS handshake; null where it showed none
 */
public record Peer(
        InetAddress address, boolean secure, @Nullable PeerCertificate certificate) {}
