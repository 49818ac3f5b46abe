package dev.corral.server.tls.acme;

import dev.corral.core.tls.CertificateBundle;

/** Shows the authority what it asks to see. What was begun is ended; any thread. */
public interface ChallengeSink {
    /**
     * Answers {@code GET /.well-known/acme-challenge/TOKEN} on port 80.
     *
     * @param token of base64url characters
     * @param authorization the whole body
     */
    void http(String token, String authorization);

    /** The authority has seen it, or never will. */
    void endHttp(String token);

    /** Shows the certificate to who asks for the name by {@code acme-tls/1}, and to nobody else. */
    void tlsAlpn(String name, CertificateBundle certificate);

    /** The authority has seen it, or never will. */
    void endTlsAlpn(String name);
}
