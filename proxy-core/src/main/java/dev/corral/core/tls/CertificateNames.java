package dev.corral.core.tls;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/** The host names that a certificate is for. */
public final class CertificateNames {
    // GeneralName's dNSName (RFC 5280 section 4.2.1.6).
    private static final int DNS = 2;

    private CertificateNames() {}

    /**
     * Its DNS names in lower case, {@code *.lab} among them; of one that has no alternative names at all, its common
     * name, for those that a private CA of the last century signed.
     */
    public static List<String> of(X509Certificate certificate) {
        Collection<List<?>> alternatives;
        try {
            alternatives = certificate.getSubjectAlternativeNames();
        } catch (CertificateParsingException e) {
            return List.of();
        }
        if (alternatives == null) {
            return commonName(certificate);
        }
        List<String> names = new ArrayList<>();
        for (List<?> name : alternatives) {
            if (name.get(0).equals(DNS) && name.get(1) instanceof String text) {
                names.add(text.toLowerCase(Locale.ROOT));
            }
        }
        return names;
    }

    /** What to call one in messages. */
    static String text(CertificateBundle bundle) {
        if (bundle.chain().isEmpty()) {
            return "an empty file";
        }
        X509Certificate leaf = bundle.chain().get(0);
        List<String> names = of(leaf);
        return names.isEmpty() ? leaf.getSubjectX500Principal().getName() : names.get(0);
    }

    private static List<String> commonName(X509Certificate certificate) {
        try {
            LdapName subject =
                    new LdapName(certificate.getSubjectX500Principal().getName());
            for (Rdn part : subject.getRdns()) {
                if (part.getType().equalsIgnoreCase("CN") && part.getValue() instanceof String text) {
                    return List.of(text.toLowerCase(Locale.ROOT));
                }
            }
        } catch (InvalidNameException e) {
            // A subject that cannot be read names nobody.
        }
        return List.of();
    }
}
