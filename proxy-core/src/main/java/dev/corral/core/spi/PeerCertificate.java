package dev.corral.core.spi;

import java.security.cert.X509Certificate;

/**
 * What a client showed in the TLS handshake, having proved that it holds the private key.
 *
 * @param certificate its own, the first of what it sent
 * @param trusted whether a chain leads from it to the configured client CA, everything in it valid at the handshake;
 *     where it is not, only a key record that pins this very public key may let it in
 */
public record PeerCertificate(X509Certificate certificate, boolean trusted) {}
