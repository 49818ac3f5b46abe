package dev.corral.server.tls;

import dev.corral.core.tls.CertificateNames;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/** Certificates in words. */
final class TlsText {
    private static final int MAX_NAME = 80;

    private TlsText() {}

    /** What a certificate is called by: its first host name, else its subject. */
    static String name(X509Certificate certificate) {
        List<String> names = CertificateNames.of(certificate);
        String name = names.isEmpty() ? certificate.getSubjectX500Principal().getName() : names.get(0);
        String clean = name.replaceAll("[^\\x20-\\x7e]", "?");
        return clean.length() > MAX_NAME ? clean.substring(0, MAX_NAME) : clean;
    }

    /** {@code gpu.lab until 2026-12-01T00:00:00Z, …}; what is over by then is said to be. */
    static String validity(List<X509Certificate> certificates, Instant now) {
        return certificates.stream()
                .map(one -> name(one) + (end(one).isAfter(now) ? " until " : " EXPIRED at ") + end(one))
                .collect(Collectors.joining(", "));
    }

    static Instant end(X509Certificate certificate) {
        return certificate.getNotAfter().toInstant();
    }
}
