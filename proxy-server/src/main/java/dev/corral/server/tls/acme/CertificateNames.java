package dev.corral.server.tls.acme;

import java.io.IOException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Host names that a certificate is for. */
final class CertificateNames {
    /** The kind of alternative name that is a host's (RFC 5280 section 4.2.1.6). */
    private static final int DNS = 2;

    private CertificateNames() {}

    /** In lower case. */
    static Set<String> of(X509Certificate certificate) throws IOException {
        Set<String> names = new HashSet<>();
        Collection<List<?>> all;
        try {
            all = certificate.getSubjectAlternativeNames();
        } catch (CertificateParsingException e) {
            throw new IOException("the certificate's names cannot be read", e);
        }
        for (List<?> one : all == null ? List.<List<?>>of() : all) {
            if (Integer.valueOf(DNS).equals(one.get(0))) {
                names.add(String.valueOf(one.get(1)).toLowerCase(Locale.ROOT));
            }
        }
        return names;
    }
}
