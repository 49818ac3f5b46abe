package dev.corral.server.tls.local;

import dev.corral.core.spi.Cidr;
import dev.corral.server.tls.store.KeyPairs;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes certificates. The one class here that knows BouncyCastle, whose classes are many. */
final class Issuing {
    private static final SecureRandom RANDOM = new SecureRandom();
    /** The subject's longest common name (RFC 5280 appendix A). */
    private static final int MAX_COMMON_NAME = 64;

    private Issuing() {}

    /** An authority's own certificate. */
    static X509Certificate root(KeyPair keys, String name, Realm realm, Instant from, Instant until)
            throws GeneralSecurityException, IOException {
        X500Name subject = name(name);
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                subject, serial(), Date.from(from), Date.from(until), subject, keys.getPublic());
        JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        builder.addExtension(
                Extension.subjectKeyIdentifier, false, extensions.createSubjectKeyIdentifier(keys.getPublic()));
        builder.addExtension(Extension.nameConstraints, true, constraints(realm));
        return sign(builder, keys.getPrivate());
    }

    /** A server's certificate. */
    static X509Certificate leaf(
            PublicKey key,
            List<String> names,
            X509Certificate authority,
            PrivateKey authorityKey,
            Instant from,
            Instant until)
            throws GeneralSecurityException, IOException {
        KeyPairs.requirePair(authorityKey, authority.getPublicKey());
        // A common name with a space in it is never taken for a host's.
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                new JcaX509CertificateHolder(authority).getSubject(),
                serial(),
                Date.from(from),
                Date.from(until),
                name("Corral server"),
                key);
        JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
        builder.addExtension(Extension.subjectKeyIdentifier, false, extensions.createSubjectKeyIdentifier(key));
        builder.addExtension(
                Extension.authorityKeyIdentifier,
                false,
                extensions.createAuthorityKeyIdentifier(authority.getPublicKey()));
        builder.addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(names.stream().map(Issuing::alternative).toArray(GeneralName[]::new)));
        return sign(builder, authorityKey);
    }

    /** What an authority may sign for, from its certificate. */
    static Realm realm(X509Certificate authority) throws GeneralSecurityException, IOException {
        NameConstraints constraints = NameConstraints.getInstance(Objects.requireNonNullElse(
                        new JcaX509CertificateHolder(authority).getExtension(Extension.nameConstraints),
                        new Extension(Extension.nameConstraints, true, new NameConstraints(null, null).getEncoded()))
                .getParsedValue());
        GeneralSubtree[] permitted = constraints.getPermittedSubtrees();
        List<String> domains = new ArrayList<>();
        List<Cidr> networks = new ArrayList<>();
        for (GeneralSubtree subtree : permitted == null ? new GeneralSubtree[0] : permitted) {
            GeneralName base = subtree.getBase();
            if (base.getTagNo() == GeneralName.dNSName) {
                domains.add(base.getName().toString());
            } else if (base.getTagNo() == GeneralName.iPAddress) {
                networks.add(cidr(ASN1OctetString.getInstance(base.getName()).getOctets()));
            }
        }
        return new Realm(domains, networks);
    }

    private static NameConstraints constraints(Realm realm) {
        List<GeneralSubtree> permitted = new ArrayList<>();
        realm.domains()
                .forEach(domain -> permitted.add(new GeneralSubtree(new GeneralName(GeneralName.dNSName, domain))));
        realm.networks().forEach(network -> {
            String text = network.toString();
            String whole = text.indexOf('/') >= 0 ? text : text + (text.indexOf(':') < 0 ? "/32" : "/128");
            permitted.add(new GeneralSubtree(new GeneralName(GeneralName.iPAddress, whole)));
        });
        return new NameConstraints(permitted.toArray(GeneralSubtree[]::new), null);
    }

    private static Cidr cidr(byte[] addressAndMask) throws IOException {
        int half = addressAndMask.length / 2;
        byte[] address = new byte[half];
        System.arraycopy(addressAndMask, 0, address, 0, half);
        int bits = 0;
        for (int i = half; i < addressAndMask.length; i++) {
            bits += Integer.bitCount(addressAndMask[i] & 0xff);
        }
        String text = InetAddress.getByAddress(address).getHostAddress() + "/" + bits;
        Cidr cidr = Cidr.parse(text);
        if (cidr == null) {
            throw new IOException("the authority may sign for \"" + text + "\" (expected: a range of addresses)");
        }
        return cidr;
    }

    private static GeneralName alternative(String name) {
        return new GeneralName(LocalNames.isAddress(name) ? GeneralName.iPAddress : GeneralName.dNSName, name);
    }

    private static X500Name name(String commonName) {
        int end = Math.min(commonName.length(), MAX_COMMON_NAME);
        return new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.O, "Corral")
                .addRDN(BCStyle.CN, commonName.substring(0, end))
                .build();
    }

    /** Positive, and of 128 bits (RFC 5280 section 4.1.2.2 allows 160). */
    private static BigInteger serial() {
        return new BigInteger(127, RANDOM).setBit(127);
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key)
            throws GeneralSecurityException, IOException {
        try {
            byte[] encoded = builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key))
                    .getEncoded();
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }
}
