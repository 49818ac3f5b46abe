package dev.corral.auth.key;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * What a key record says of a client certificate, one text for one meaning:
 *
 * <ul>
 *   <li>{@code spki:sha256:}64 hex digits: the SHA-256 of its public key (SubjectPublicKeyInfo), whoever signed it;
 *   <li>{@code subject:}name as in RFC 2253, as {@link X500Principal} writes it;
 *   <li>{@code san:}one of its subject alternative names: DNS name, e-mail address, URI or IP address.
 * </ul>
 *
 * The last two mean nothing unless the certificate was signed by a trusted CA.
 */
public final class CertificateName {
    /** What {@link #parse} takes, for messages. */
    public static final String EXPECTED = "spki:sha256:<64 hexadecimal digits>, subject:<name as in RFC 2253> or"
            + " san:<DNS name, e-mail address, URI or IP address>";

    private static final String SPKI = "spki:sha256:";
    private static final String SUBJECT = "subject:";
    private static final String SAN = "san:";
    private static final int MAX_LENGTH = 512;
    private static final int SHA_256_DIGITS = 64;

    // RFC 5280 section 4.2.1.6: rfc822Name, dNSName, uniformResourceIdentifier, iPAddress; Java gives these as texts.
    private static final List<Integer> NAME_TYPES = List.of(1, 2, 6, 7);

    private CertificateName() {}

    /** The one way to write this name, or null where it is none. */
    public static @Nullable String parse(String text) {
        if (text.length() > MAX_LENGTH) {
            return null;
        }
        if (text.startsWith(SPKI)) {
            return spki(text.substring(SPKI.length()));
        }
        if (text.startsWith(SUBJECT)) {
            return subject(text.substring(SUBJECT.length()));
        }
        return text.startsWith(SAN) ? san(text.substring(SAN.length())) : null;
    }

    private static @Nullable String spki(String hex) {
        boolean digits = hex.chars().allMatch(HexFormat::isHexDigit);
        return digits && hex.length() == SHA_256_DIGITS ? SPKI + hex.toLowerCase(Locale.ROOT) : null;
    }

    private static @Nullable String subject(String name) {
        try {
            String rfc2253 = new X500Principal(name).getName(X500Principal.RFC2253);
            return rfc2253.isEmpty() ? null : SUBJECT + rfc2253;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static @Nullable String san(String name) {
        boolean printable = name.chars().allMatch(c -> c > ' ' && c < 0x7F);
        // A URI's path has upper and lower case; of the others nothing has that matters.
        return name.isEmpty() || !printable
                ? null
                : SAN + (name.contains("://") ? name : name.toLowerCase(Locale.ROOT));
    }

    /** The name of its public key; always there, and good whoever signed the certificate. */
    public static String spki(X509Certificate certificate) {
        return SPKI
                + HexFormat.of()
                        .formatHex(KeyDigest.of(certificate.getPublicKey().getEncoded()));
    }

    /** The name of its subject; null where that is empty. */
    public static @Nullable String subject(X509Certificate certificate) {
        return subject(certificate.getSubjectX500Principal());
    }

    private static @Nullable String subject(X500Principal subject) {
        String rfc2253 = subject.getName(X500Principal.RFC2253);
        return rfc2253.isEmpty() ? null : SUBJECT + rfc2253;
    }

    /** The names of its subject alternative names; none where it has none, or where they cannot be read. */
    public static List<String> alternatives(X509Certificate certificate) {
        List<String> names = new ArrayList<>();
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            for (List<?> name : all == null ? List.<List<?>>of() : all) {
                String text =
                        NAME_TYPES.contains(name.get(0)) && name.get(1) instanceof String value ? san(value) : null;
                if (text != null) {
                    names.add(text);
                }
            }
        } catch (CertificateParsingException e) {
            return List.of();
        }
        return List.copyOf(names);
    }
}
