package dev.corral.core.tls;

import java.security.cert.X509Certificate;
import java.util.List;

/**
 * How TLS is spoken with clients.
 *
 * @param provider whose code does it
 * @param http2 whether HTTP/2 is offered beside HTTP/1.1
 * @param clientCertificates whether clients are asked for a certificate, which they need not have
 * @param clientAuthorities who may have issued it; may be empty, then none is trusted and only a pinned one is of use
 */
public record TlsSettings(
        Provider provider, boolean http2, boolean clientCertificates, List<X509Certificate> clientAuthorities) {
    /** Whose code. */
    public enum Provider {
        /** OpenSSL's where its library loads, else Java's. */
        AUTO,
        OPENSSL,
        JDK
    }

    /** The fastest provider there is, and no client certificates. */
    public static final TlsSettings DEFAULTS = new TlsSettings(Provider.AUTO, true, false, List.of());

    public TlsSettings {
        clientAuthorities = List.copyOf(clientAuthorities);
    }
}
