package dev.corral.core.testkit;

import dev.corral.core.tls.CertificateBundle;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An authority for tests and what it signs. */
public final class TestCertificates {
    private static final AtomicLong SERIAL = new AtomicLong(1000);

    private final X509Certificate authority;
    private final PrivateKey key;

    private TestCertificates(String name) {
        KeyPair pair = pair("EC");
        this.key = pair.getPrivate();
        this.authority = sign("CN=" + name, pair, "CN=" + name, key, 30, true, KeyPurposeId.id_kp_serverAuth);
    }

    /** A new authority. */
    public static TestCertificates authority(String name) {
        return new TestCertificates(name);
    }

    public X509Certificate certificate() {
        return authority;
    }

    /** An EC certificate for a server with these names. */
    public CertificateBundle server(String... names) {
        return leaf("EC", 30, KeyPurposeId.id_kp_serverAuth, names);
    }

    /** The same with an RSA key. */
    public CertificateBundle rsaServer(String... names) {
        return leaf("RSA", 30, KeyPurposeId.id_kp_serverAuth, names);
    }

    /** One for a client. */
    public CertificateBundle client(String name) {
        return leaf("EC", 30, KeyPurposeId.id_kp_clientAuth, name);
    }

    /** One for a client whose time is over. */
    public CertificateBundle expiredClient(String name) {
        return leaf("EC", -1, KeyPurposeId.id_kp_clientAuth, name);
    }

    /** One for a server whose time is over. */
    public CertificateBundle expiredServer(String name) {
        return leaf("EC", -1, KeyPurposeId.id_kp_serverAuth, name);
    }

    private CertificateBundle leaf(String algorithm, int days, KeyPurposeId purpose, String... names) {
        KeyPair pair = pair(algorithm);
        String issuer = authority.getSubjectX500Principal().getName();
        X509Certificate leaf = sign(issuer, pair, "CN=" + names[0], key, days, false, purpose, names);
        return new CertificateBundle(List.of(leaf, authority), pair.getPrivate());
    }

    private static KeyPair pair(String algorithm) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (algorithm.equals("EC")) {
                generator.initialize(new ECGenParameterSpec("secp256r1"));
            } else {
                generator.initialize(2048);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static X509Certificate sign(
            String issuer,
            KeyPair pair,
            String subject,
            PrivateKey key,
            int days,
            boolean authority,
            KeyPurposeId purpose,
            String... names) {
        Instant now = Instant.now();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                new X500Name(issuer),
                BigInteger.valueOf(SERIAL.incrementAndGet()),
                Date.from(now.minus(40, ChronoUnit.DAYS)),
                Date.from(now.plus(days, ChronoUnit.DAYS)),
                new X500Name(subject),
                pair.getPublic());
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
            if (!authority) {
                builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
                GeneralName[] all = new GeneralName[names.length];
                for (int i = 0; i < names.length; i++) {
                    all[i] = new GeneralName(GeneralName.dNSName, names[i]);
                }
                builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(all));
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
        } catch (CertIOException | OperatorCreationException | GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
