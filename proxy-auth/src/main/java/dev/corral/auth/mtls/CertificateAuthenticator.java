package dev.corral.auth.mtls;

import dev.corral.auth.key.CertificateName;
import dev.corral.auth.key.KeyRecord;
import dev.corral.auth.key.KeyRing;
import dev.corral.auth.key.LiveKeyRing;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.AuthDecision;
import dev.corral.core.spi.Authenticator;
import dev.corral.core.spi.NanoClock;
import dev.corral.core.spi.PeerCertificate;
import dev.corral.core.spi.RequestView;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Recognises certificates that clients showed in the TLS handshake. Decides only where a request has no other credential:
 * a program shows its certificate whatever it is told to send, so the credential is the more deliberate of the two.
 *
 * <p>A pinned public key is enough whoever signed it, since the handshake proved that the client has the private one. Names
 * count only in a certificate that leads to the configured CA, and only while it is valid: a connection may outlive it.
 *
 * <p>Any thread; does not block.
 */
public final class CertificateAuthenticator implements Authenticator {
    private static final AuthDecision UNREGISTERED = new AuthDecision.Denied(ProxyError.UNREGISTERED_KEY);
    private static final AuthDecision AMBIGUOUS = new AuthDecision.Denied(ProxyError.MALFORMED_KEY);
    private static final AuthDecision EXPIRED = new AuthDecision.Denied(ProxyError.EXPIRED_KEY);
    private static final AuthDecision REVOKED = new AuthDecision.Denied(ProxyError.REVOKED_KEY);

    private final LiveKeyRing keys;
    private final NanoClock clock;

    public CertificateAuthenticator(LiveKeyRing keys, NanoClock clock) {
        this.keys = keys;
        this.clock = clock;
    }

    @Override
    public AuthDecision authenticate(RequestView request) {
        PeerCertificate shown = request.peerCertificate();
        if (shown == null || hasOther(request)) {
            return AuthDecision.NotMine.INSTANCE;
        }
        KeyRing ring = keys.current();
        X509Certificate certificate = shown.certificate();
        long now = clock.epochMillis();
        KeyRecord pinned = ring.byCertificate(CertificateName.spki(certificate));
        if (pinned != null) {
            return decide(pinned, now);
        }
        if (!shown.trusted()) {
            return UNREGISTERED;
        }
        KeyRecord found = null;
        for (String name : names(certificate)) {
            KeyRecord key = ring.byCertificate(name);
            if (key != null && found != null && !key.id().equals(found.id())) {
                return AMBIGUOUS;
            }
            found = key == null ? found : key;
        }
        if (found == null) {
            return UNREGISTERED;
        }
        return valid(certificate, now) ? decide(found, now) : EXPIRED;
    }

    private static boolean hasOther(RequestView request) {
        return request.pathToken() != null
                || !request.headers("authorization").isEmpty()
                || !request.headers("x-api-key").isEmpty()
                || !request.headers("api-key").isEmpty();
    }

    private static List<String> names(X509Certificate certificate) {
        List<String> names = new ArrayList<>(CertificateName.alternatives(certificate));
        @Nullable String subject = CertificateName.subject(certificate);
        if (subject != null) {
            names.add(subject);
        }
        return names;
    }

    private static boolean valid(X509Certificate certificate, long now) {
        return now >= certificate.getNotBefore().toInstant().toEpochMilli()
                && now <= certificate.getNotAfter().toInstant().toEpochMilli();
    }

    private static AuthDecision decide(KeyRecord key, long now) {
        return switch (key.state(now)) {
            case REVOKED -> REVOKED;
            case EXPIRED -> EXPIRED;
            case ACTIVE -> new AuthDecision.Granted(key.principal());
        };
    }
}
