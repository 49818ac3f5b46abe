package dev.corral.auth.key;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 of a whole key string. A key carries 256 random bits, so a slow password hash would protect nothing. */
final class KeyDigest {
    static final int LENGTH = 32;

    // Looking an algorithm up costs more than the digest itself, and strangers cause one per request.
    private static final ThreadLocal<MessageDigest> SHA_256 = ThreadLocal.withInitial(KeyDigest::sha256);

    private KeyDigest() {}

    static byte[] of(PresentedKey key) {
        return SHA_256.get().digest(key.ascii());
    }

    /** SHA-256 of what is no secret. */
    static byte[] of(byte[] bytes) {
        return SHA_256.get().digest(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            // Every Java platform has it (MessageDigest's class documentation).
            throw new IllegalStateException("this Java runtime has no SHA-256", e);
        }
    }
}
