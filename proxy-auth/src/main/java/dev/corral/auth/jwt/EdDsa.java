package dev.corral.auth.jwt;

import com.nimbusds.jose.jwk.OctetKeyPair;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;

/** Ed25519 by the JDK; the library's own needs another library. */
final class EdDsa {
    static final int KEY_BYTES = 32;
    static final int SIGNATURE_BYTES = 64;

    // RFC 8410 section 4: SubjectPublicKeyInfo of an Ed25519 key, up to the key.
    private static final byte[] PREFIX = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

    private EdDsa() {}

    /** Whether the signature is this key's; also false where key or signature are no such things. */
    static boolean verify(OctetKeyPair key, byte[] signed, byte[] signature) {
        byte[] point = key.getDecodedX();
        if (point.length != KEY_BYTES || signature.length != SIGNATURE_BYTES) {
            return false;
        }
        byte[] encoded = new byte[PREFIX.length + KEY_BYTES];
        System.arraycopy(PREFIX, 0, encoded, 0, PREFIX.length);
        System.arraycopy(point, 0, encoded, PREFIX.length, KEY_BYTES);
        try {
            PublicKey publicKey = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(publicKey);
            verifier.update(signed);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
