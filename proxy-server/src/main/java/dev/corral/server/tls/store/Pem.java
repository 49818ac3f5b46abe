package dev.corral.server.tls.store;

import dev.corral.core.tls.CertificateBundle;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Elliptic keys and certificates as text, as this package writes them: a key and its certificates stand in one file, so
 * that they cannot come apart.
 */
public final class Pem {
    private static final String KEY = "PRIVATE KEY";
    private static final String PUBLIC = "PUBLIC KEY";
    private static final String CERTIFICATE = "CERTIFICATE";
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z ]{1,40})-----\\s*([A-Za-z0-9+/=\\s]*+)-----END \\1-----");
    private static final Base64.Encoder BASE64 = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private Pem() {}

    /** One certificate. */
    public static String text(X509Certificate certificate) {
        try {
            return block(CERTIFICATE, certificate.getEncoded());
        } catch (CertificateException e) {
            throw new IllegalStateException("a certificate that was decoded cannot be encoded", e);
        }
    }

    /** Both keys of a pair. */
    public static String text(KeyPair pair) {
        return block(KEY, pair.getPrivate().getEncoded())
                + block(PUBLIC, pair.getPublic().getEncoded());
    }

    /** A key and its certificates. */
    public static String text(CertificateBundle bundle) {
        StringBuilder text = new StringBuilder(block(KEY, bundle.key().getEncoded()));
        bundle.chain().forEach(one -> text.append(text(one)));
        return text.toString();
    }

    /**
     * What {@link #text(KeyPair)} wrote.
     *
     * @throws GeneralSecurityException if it is anything else
     */
    public static KeyPair keyPair(String text) throws GeneralSecurityException {
        PublicKey publicKey = KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(only(PUBLIC, text)));
        PrivateKey key = key(text);
        KeyPairs.requirePair(key, publicKey);
        return new KeyPair(publicKey, key);
    }

    /** The certificates in the text, in order; may be none. */
    public static List<X509Certificate> certificates(String text) throws GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> certificates = new ArrayList<>();
        for (byte[] encoded : blocks(CERTIFICATE, text)) {
            certificates.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(encoded)));
        }
        return certificates;
    }

    /**
     * What {@link #text(CertificateBundle)} wrote.
     *
     * @throws GeneralSecurityException if it is anything else, or if the key is not that of the first certificate
     */
    public static CertificateBundle bundle(String text) throws GeneralSecurityException {
        List<X509Certificate> chain = certificates(text);
        if (chain.isEmpty()) {
            throw new GeneralSecurityException("no certificate in it");
        }
        CertificateBundle bundle = new CertificateBundle(chain, key(text));
        KeyPairs.requirePair(bundle.key(), chain.get(0).getPublicKey());
        return bundle;
    }

    private static PrivateKey key(String text) throws GeneralSecurityException {
        return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(only(KEY, text)));
    }

    private static byte[] only(String label, String text) throws GeneralSecurityException {
        List<byte[]> found = blocks(label, text);
        if (found.size() != 1) {
            throw new GeneralSecurityException(found.size() + " blocks \"" + label + "\" where one belongs");
        }
        return found.get(0);
    }

    private static List<byte[]> blocks(String label, String text) throws GeneralSecurityException {
        List<byte[]> blocks = new ArrayList<>();
        for (Matcher block = BLOCK.matcher(text); block.find(); ) {
            if (block.group(1).equals(label)) {
                try {
                    blocks.add(Base64.getMimeDecoder().decode(block.group(2)));
                } catch (IllegalArgumentException e) {
                    throw new GeneralSecurityException("a " + label + " that is not base64", e);
                }
            }
        }
        return blocks;
    }

    private static String block(String label, byte[] encoded) {
        return "-----BEGIN " + label + "-----\n"
                + new String(BASE64.encode(encoded), StandardCharsets.US_ASCII)
                + "\n-----END " + label + "-----\n";
    }
}
