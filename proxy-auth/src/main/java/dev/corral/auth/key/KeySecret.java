package dev.corral.auth.key;

import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** One secret of a key at rest: its digest, and until when it is good where a rotation has replaced it. Immutable. */
public final class KeySecret {
    private final byte[] digest;
    private final @Nullable Instant until;

    /** Takes the digest over: the caller does not change it afterwards. */
    KeySecret(byte[] digest, @Nullable Instant until) {
        if (digest.length != KeyDigest.LENGTH) {
            throw new IllegalArgumentException("a digest of " + digest.length + " bytes (expected: 32)");
        }
        this.digest = digest;
        this.until = until;
    }

    /** Compares in a time that does not depend on where the two differ. */
    boolean matches(byte[] presented) {
        return MessageDigest.isEqual(digest, presented);
    }

    /** When the grace ends; null for the current secret. */
    public @Nullable Instant until() {
        return until;
    }

    /** Whether it ends at some time. */
    boolean ends() {
        return until != null;
    }

    boolean over(long epochMillis) {
        return until != null && epochMillis >= until.toEpochMilli();
    }

    /** This secret, good until then at the longest. */
    KeySecret endingBy(Instant latest) {
        return until != null && until.isBefore(latest) ? this : new KeySecret(digest, latest);
    }

    String hex() {
        return HexFormat.of().formatHex(digest);
    }

    @Override
    public String toString() {
        return until == null ? "KeySecret[current]" : "KeySecret[until " + until + "]";
    }
}
