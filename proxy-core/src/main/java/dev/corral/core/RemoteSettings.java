package dev.corral.core;

import dev.corral.core.spi.UpstreamCredential;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What is different where the upstream is another Corral, which knows who calls and decides what may be asked: bodies go
 * there and answers come back as they are.
 *
 * @param authority what requests carry as Host: the name and the port by which it is called
 * @param prefix before every path there, such as {@code /t/KEY}; empty for none
 * @param tls whether TLS is spoken with it; its certificate must be for {@link UpstreamSettings#host}
 * @param authorities the certificates of which one must vouch for its own; where there are none, Java's
 * @param credential what makes requests good there
 */
public record RemoteSettings(
        String authority,
        String prefix,
        boolean tls,
        List<X509Certificate> authorities,
        UpstreamCredential credential) {
    public RemoteSettings {
        authorities = List.copyOf(authorities);
    }

    /** How people write it, without the prefix, which may be secret. */
    public String url() {
        return (tls ? "https://" : "http://") + authority;
    }

    /** Never the prefix. */
    @Override
    public String toString() {
        return "RemoteSettings[" + url() + "]";
    }
}
