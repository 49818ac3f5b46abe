package dev.corral.auth.ssh;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/** Signatures of RFC 8032 with what Java brings. Pure, any thread; takes long enough not to be done on event loops. */
public final class Ed25519 {
    // RFC 8410 section 4: what stands in front of a key in SubjectPublicKeyInfo.
    private static final byte[] X509_HEAD = HexFormat.of().parseHex("302a300506032b6570032100");

    private Ed25519() {}

    /**
     * Whether the owner of the key signed the message.
     *
     * @param key 32 bytes, which need not be a key
     */
    public static boolean verify(byte[] key, byte[] message, byte[] signature) {
        try {
            Signature verification = Signature.getInstance("Ed25519");
            verification.initVerify(publicKey(key));
            verification.update(message);
            return verification.verify(signature);
        } catch (InvalidKeySpecException | InvalidKeyException | SignatureException e) {
            // Not a point of the curve, or numbers out of range.
            return false;
        } catch (GeneralSecurityException e) {
            // Java has had it since 15 (JEP 339).
            throw new IllegalStateException("this Java runtime has no Ed25519", e);
        }
    }

    private static PublicKey publicKey(byte[] key) throws GeneralSecurityException {
        byte[] encoded = Arrays.copyOf(X509_HEAD, X509_HEAD.length + key.length);
        System.arraycopy(key, 0, encoded, X509_HEAD.length, key.length);
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
    }
}
