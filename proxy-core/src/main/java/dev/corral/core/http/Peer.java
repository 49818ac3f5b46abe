package dev.corral.core.http;

import dev.corral.core.spi.AddressText;
import dev.corral.core.spi.PeerCertificate;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** Who is at the other end of a client's connection, which does not change while it lasts. Confined to its event loop. */
public final class Peer {
    private final InetAddress address;
    private final boolean secure;
    private final @Nullable PeerCertificate certificate;
    private @Nullable String text;

    /**
     * All that is known of it.
     *
     * @param address the TCP peer, or whom a PROXY protocol header named
     * @param secure whether the connection is encrypted up to here
     * @param certificate what the client showed in the TLS handshake; null where it showed none
     */
    public Peer(InetAddress address, boolean secure, @Nullable PeerCertificate certificate) {
        this.address = address;
        this.secure = secure;
        this.certificate = certificate;
    }

    public InetAddress address() {
        return address;
    }

    /** The address as text; made once. */
    public String addressText() {
        String made = text;
        if (made == null) {
            made = AddressText.format(address);
            text = made;
        }
        return made;
    }

    public boolean secure() {
        return secure;
    }

    public @Nullable PeerCertificate certificate() {
        return certificate;
    }
}
