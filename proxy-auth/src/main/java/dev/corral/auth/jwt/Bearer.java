package dev.corral.auth.jwt;

import dev.corral.auth.key.Guest;
import dev.corral.auth.key.KeyRecord;
import dev.corral.auth.key.KeyRing;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.AuthDecision;
import org.jspecify.annotations.Nullable;

/**
 * Who has a good token. What they may do is asked anew at each request: the token may have been verified long before their
 * key was revoked. Any thread.
 */
final class Bearer {
    /** Neither the token nor the key file says what they may do. */
    static final AuthDecision NOBODY = new AuthDecision.Denied(ProxyError.INVALID_TOKEN);

    private static final AuthDecision EXPIRED = new AuthDecision.Denied(ProxyError.EXPIRED_KEY);
    private static final AuthDecision REVOKED = new AuthDecision.Denied(ProxyError.REVOKED_KEY);

    private final Verdict.Good verdict;
    private volatile @Nullable Found found;

    /** What one version of the key file says: a key record, or what holds without one. */
    private record Found(KeyRing ring, @Nullable KeyRecord key, AuthDecision otherwise) {}

    Bearer(Verdict.Good verdict) {
        this.verdict = verdict;
    }

    /** Whether the token is still good. */
    boolean holds(long epochMillis) {
        return verdict.holds(epochMillis);
    }

    AuthDecision decide(KeyRing ring, long epochMillis) {
        Found last = found;
        if (last == null || last.ring != ring) {
            last = find(ring);
            found = last;
        }
        if (last.key == null) {
            return last.otherwise;
        }
        return switch (last.key.state(epochMillis)) {
            case REVOKED -> REVOKED;
            case EXPIRED -> EXPIRED;
            case ACTIVE -> new AuthDecision.Granted(last.key.principal());
        };
    }

    private Found find(KeyRing ring) {
        Identity identity = verdict.identity();
        String name = identity.keyName();
        KeyRecord key = name == null ? null : ring.activeByName(name);
        if (key == null && name != null) {
            // A key that was revoked must not leave its owner with what strangers get.
            key = ring.byName(name);
        }
        String role = identity.role();
        return new Found(
                ring,
                key,
                role == null
                        ? NOBODY
                        : new AuthDecision.Granted(
                                Guest.principal(ring, identity.issuer(), identity.subject(), identity.name(), role)));
    }
}
