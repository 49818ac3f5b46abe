package dev.corral.server.tls.acme;

import dev.corral.core.spi.NanoClock;
import dev.corral.core.tls.CertificateBundle;
import dev.corral.server.tls.store.KeyPairs;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** What is shown to an authority in a handshake by {@code acme-tls/1} (RFC 8737 section 3); the library's needs RSA. */
final class ChallengeCertificate {
    private static final ASN1ObjectIdentifier VALIDATION = new ASN1ObjectIdentifier("1.3.6.1.5.5.7.1.31");
    private static final Duration LIFE = Duration.ofDays(1);

    private ChallengeCertificate() {}

    /**
     * Makes one, signed by itself.
     *
     * @param validation the digest of the key authorization
     */
    static CertificateBundle of(String name, byte[] validation, NanoClock clock) throws GeneralSecurityException {
        KeyPair keys = KeyPairs.generate();
        Instant now = Instant.ofEpochMilli(clock.epochMillis());
        X500Name subject = new X500Name("CN=acme.invalid");
        try {
            X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    subject,
                    BigInteger.valueOf(clock.epochMillis()),
                    Date.from(now.minus(LIFE)),
                    Date.from(now.plus(LIFE)),
                    subject,
                    keys.getPublic());
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.dNSName, name)));
            builder.addExtension(VALIDATION, true, new DEROctetString(validation));
            byte[] encoded = builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
                    .getEncoded();
            X509Certificate certificate = (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
            return new CertificateBundle(List.of(certificate), keys.getPrivate());
        } catch (IOException | OperatorCreationException e) {
            throw new GeneralSecurityException("the certificate for a challenge cannot be made", e);
        }
    }
}
