package dev.corral.auth.jwt;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that were found good, by digest: only such get in, so nobody fills it without a good token. Two halves, of which
 * the older is forgotten when the younger is full; what is asked for lives on. Any thread.
 */
final class VerifiedTokens {
    static final int HALF = 4_096;

    // Looking an algorithm up costs more than the digest itself.
    private static final ThreadLocal<MessageDigest> SHA_256 = ThreadLocal.withInitial(VerifiedTokens::sha256);

    private record Halves(
            ConcurrentHashMap<ByteBuffer, Verdict.Good> younger, ConcurrentHashMap<ByteBuffer, Verdict.Good> older) {}

    private volatile Halves halves = new Halves(new ConcurrentHashMap<>(), new ConcurrentHashMap<>());

    /** What a token is known by; tells nothing of it. */
    static ByteBuffer digest(String token) {
        return ByteBuffer.wrap(SHA_256.get().digest(token.getBytes(StandardCharsets.ISO_8859_1)));
    }

    @Nullable
    Verdict.Good find(ByteBuffer digest) {
        Halves present = halves;
        Verdict.Good found = present.younger.get(digest);
        if (found != null) {
            return found;
        }
        found = present.older.get(digest);
        if (found != null) {
            add(digest, found);
        }
        return found;
    }

    void add(ByteBuffer digest, Verdict.Good verdict) {
        Halves present = halves;
        if (present.younger.size() >= HALF) {
            synchronized (this) {
                if (halves == present) {
                    halves = new Halves(new ConcurrentHashMap<>(), present.younger);
                }
                present = halves;
            }
        }
        present.younger.put(digest, verdict);
    }

    void forget(ByteBuffer digest) {
        Halves present = halves;
        present.younger.remove(digest);
        present.older.remove(digest);
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
