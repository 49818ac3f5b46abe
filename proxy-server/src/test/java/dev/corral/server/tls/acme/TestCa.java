package dev.corral.server.tls.acme;

import dev.corral.server.tls.store.KeyPairs;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A root with an intermediate, as public authorities have them. */
final class TestCa {
    private static final X500Name ROOT = new X500Name("CN=Test Root");
    private static final X500Name INTERMEDIATE = new X500Name("CN=Test Intermediate");

    private final AtomicLong serial = new AtomicLong(1_000);
    private final KeyPair rootKeys;
    private final KeyPair keys;
    final X509Certificate root;
    final X509Certificate intermediate;

    TestCa(Instant now) throws Exception {
        rootKeys = KeyPairs.generate();
        keys = KeyPairs.generate();
        Instant from = now.minus(Duration.ofDays(1));
        Instant until = now.plus(Duration.ofDays(10_000));
        root = sign(authority(ROOT, rootKeys.getPublic(), from, until), rootKeys);
        intermediate = sign(authority(INTERMEDIATE, keys.getPublic(), from, until), rootKeys);
    }

    X509Certificate leaf(PublicKey key, List<String> names, Instant from, Instant until) throws Exception {
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                INTERMEDIATE,
                BigInteger.valueOf(serial.incrementAndGet()),
                Date.from(from),
                Date.from(until),
                new X500Name(""),
                key);
        builder.addExtension(
                Extension.subjectAlternativeName,
                true,
                new GeneralNames(names.stream()
                        .map(name -> new GeneralName(GeneralName.dNSName, name))
                        .toArray(GeneralName[]::new)));
        builder.addExtension(
                Extension.authorityKeyIdentifier,
                false,
                new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(keys.getPublic()));
        return sign(builder, keys);
    }

    private X509v3CertificateBuilder authority(X500Name subject, PublicKey key, Instant from, Instant until)
            throws Exception {
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                ROOT, BigInteger.valueOf(serial.incrementAndGet()), Date.from(from), Date.from(until), subject, key);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        return builder;
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, KeyPair signer) throws Exception {
        byte[] encoded = builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer.getPrivate()))
                .getEncoded();
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
    }
}
