package dev.corral.server.tls;

import dev.corral.core.tls.CertificateBundle;
import dev.corral.core.tls.TlsContexts;
import dev.corral.core.tls.TlsException;
import dev.corral.server.tls.acme.ChallengeSink;

/** Lets the listeners show what an authority asks to see. */
record AcmeAnswers(TlsContexts contexts) implements ChallengeSink {
    @Override
    public void http(String token, String authorization) {
        contexts.http().put(token, authorization);
    }

    @Override
    public void endHttp(String token) {
        contexts.http().remove(token);
    }

    @Override
    public void tlsAlpn(String name, CertificateBundle certificate) {
        try {
            contexts.challenge(name, certificate);
        } catch (TlsException e) {
            throw new IllegalStateException("the certificate for a challenge cannot be shown: " + e.getMessage(), e);
        }
    }

    @Override
    public void endTlsAlpn(String name) {
        contexts.endChallenge(name);
    }
}
