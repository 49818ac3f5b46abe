package dev.corral.core.tls;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;

/** Whether a private key belongs to a certificate. */
final class KeyMatch {
    private static final byte[] WORDS = "corral".getBytes(StandardCharsets.US_ASCII);

    private KeyMatch() {}

    /** Signs with the one and verifies with the other. */
    static void check(CertificateBundle bundle) throws TlsException {
        if (bundle.chain().isEmpty()) {
            throw new TlsException("no certificate (expected: at least one)", null);
        }
        PublicKey shown = bundle.chain().get(0).getPublicKey();
        PrivateKey key = bundle.key();
        String algorithm = shown.getAlgorithm();
        String signing = switch (algorithm) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> throw new TlsException("a key of the kind " + algorithm + " (expected: RSA or EC)", null);
        };
        if (!algorithm.equals(key.getAlgorithm())) {
            throw new TlsException(
                    "the key is of the kind " + key.getAlgorithm() + ", the certificate's is " + algorithm
                            + " (expected: the key that belongs to the certificate)",
                    null);
        }
        boolean match;
        try {
            Signature signer = Signature.getInstance(signing);
            signer.initSign(key);
            signer.update(WORDS);
            byte[] signature = signer.sign();
            Signature verifier = Signature.getInstance(signing);
            verifier.initVerify(shown);
            verifier.update(WORDS);
            match = verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            throw new TlsException("a key that cannot sign: " + e.getMessage(), e);
        }
        if (!match) {
            throw new TlsException(
                    "the key does not belong to the certificate (expected: the key that its request was made with)",
                    null);
        }
    }
}
