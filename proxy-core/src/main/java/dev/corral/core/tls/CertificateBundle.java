package dev.corral.core.tls;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What a server shows of itself, and proves.
 *
 * @param chain the server's own certificate, then those that lead from it to a root, which is left out
 * @param key of the first
 */
public record CertificateBundle(List<X509Certificate> chain, PrivateKey key) {
    public CertificateBundle {
        chain = List.copyOf(chain);
    }
}
