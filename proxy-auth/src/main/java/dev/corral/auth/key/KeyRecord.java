package dev.corral.auth.key;

import dev.corral.auth.limit.LimitSet;
import dev.corral.core.spi.Principal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A key at rest. Immutable; holds digests, never a secret.
 *
 * @param id 8 base62 characters, for life
 * @param name given by the owner; belongs to one key at a time, until that key is revoked
 * @param role the name of the role whose policy applies
 * @param created when it was made
 * @param expires from when on it is refused; null for never
 * @param revoked when it was revoked; null where it was not
 * @param limits what it may use, where that is not what its role says
 * @param secrets the current one first, then those that a rotation left in grace; at least one, unless something else
 *     opens the key
 * @param access what else opens it, and from where it may be used
 */
public record KeyRecord(
        String id,
        String name,
        String role,
        Instant created,
        @Nullable Instant expires,
        @Nullable Instant revoked,
        LimitSet limits,
        List<KeySecret> secrets,
        KeyAccess access) {

    /** Every secret costs a comparison per request. */
    static final int MAX_SECRETS = 8;

    public KeyRecord {
        secrets = List.copyOf(secrets);
        if (!PresentedKey.isId(id) || !KeyNames.valid(name) || !KeyNames.valid(role)) {
            throw new IllegalArgumentException("key " + KeyNames.shown(id) + " has an invalid id, name or role");
        }
        if (secrets.size() > MAX_SECRETS) {
            throw new IllegalArgumentException(
                    "key " + id + " has " + secrets.size() + " secrets (expected: at most " + MAX_SECRETS + ")");
        }
        if (secrets.isEmpty() && !access.opens()) {
            throw new IllegalArgumentException(
                    "key " + id + " can be used by nobody (expected: a secret, an ssh key or a certificate)");
        }
    }

    /** A key that only secrets open, from anywhere. */
    public KeyRecord(
            String id,
            String name,
            String role,
            Instant created,
            @Nullable Instant expires,
            @Nullable Instant revoked,
            LimitSet limits,
            List<KeySecret> secrets) {
        this(id, name, role, created, expires, revoked, limits, secrets, KeyAccess.NONE);
    }

    /** The same, to which the limits of its role apply. */
    public KeyRecord(
            String id,
            String name,
            String role,
            Instant created,
            @Nullable Instant expires,
            @Nullable Instant revoked,
            List<KeySecret> secrets) {
        this(id, name, role, created, expires, revoked, LimitSet.NONE, secrets);
    }

    KeyRecord withSecrets(List<KeySecret> others) {
        return new KeyRecord(id, name, role, created, expires, revoked, limits, others, access);
    }

    KeyRecord withRevoked(Instant when) {
        return new KeyRecord(id, name, role, created, expires, when, limits, secrets, access);
    }

    KeyRecord withLimits(LimitSet others) {
        return new KeyRecord(id, name, role, created, expires, revoked, others, secrets, access);
    }

    KeyRecord withAccess(KeyAccess others) {
        return new KeyRecord(id, name, role, created, expires, revoked, limits, secrets, others);
    }

    /**
     * What the key is worth at a time.
     *
     * @param epochMillis milliseconds since the epoch
     */
    public KeyState state(long epochMillis) {
        if (revoked != null) {
            // Also where the time lies ahead: a clock set back must not bring a revoked key to life.
            return KeyState.REVOKED;
        }
        return expires != null && epochMillis >= expires.toEpochMilli() ? KeyState.EXPIRED : KeyState.ACTIVE;
    }

    /** When the last secret in rotation grace ends; null where none is in grace. */
    public @Nullable Instant graceEnds() {
        Instant last = null;
        for (KeySecret secret : secrets) {
            Instant until = secret.until();
            if (until != null && (last == null || until.isAfter(last))) {
                last = until;
            }
        }
        return last;
    }

    /** Who a request with this key is. */
    public Principal principal() {
        return new Principal(id, name, role);
    }
}
