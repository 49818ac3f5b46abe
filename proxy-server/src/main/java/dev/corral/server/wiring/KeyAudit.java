package dev.corral.server.wiring;

import dev.corral.auth.key.KeyEvents;
import dev.corral.auth.key.KeyRecord;
import dev.corral.auth.key.KeyRing;
import dev.corral.auth.key.KeyState;
import dev.corral.core.spi.NanoClock;
import dev.corral.server.log.AuditLog;
import dev.corral.server.metrics.KeyCounts;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Tells the audit log and the metrics what happened to the keys. Events come on the watcher's thread. */
final class KeyAudit implements KeyEvents {
    private final @Nullable AuditLog audit;
    private final NanoClock clock;
    private final MissingRoles roles;
    private final AtomicLong failures = new AtomicLong();
    private volatile KeyRing seen;

    /** Begins with the keys that are in force, and warns of those whose role there is not. */
    KeyAudit(@Nullable AuditLog audit, NanoClock clock, KeyRing initial, Set<String> roles) {
        this.audit = audit;
        this.clock = clock;
        this.roles = new MissingRoles(roles);
        this.seen = initial;
        this.roles.warn(initial.records(), clock.epochMillis());
    }

    @Override
    public void loaded(KeyRing ring) {
        KeyRing before = seen;
        seen = ring;
        roles.warn(ring.records(), clock.epochMillis());
        AuditLog log = audit;
        if (log == null) {
            return;
        }
        for (KeyRecord key : ring.records()) {
            String change = change(before.byId(key.id()), key);
            if (change != null) {
                log.keyChanged(change, key.id(), key.name());
            }
        }
        for (KeyRecord key : before.records()) {
            if (ring.byId(key.id()) == null) {
                log.keyChanged("removed", key.id(), key.name());
            }
        }
        log.keysLoaded(ring.size() + " keys");
    }

    @Override
    public void failed(String place, String reason) {
        failures.incrementAndGet();
        AuditLog log = audit;
        if (log != null) {
            log.keysRejected(reason);
        }
    }

    KeyCounts counts() {
        return counts(seen);
    }

    KeyCounts counts(KeyRing ring) {
        long now = clock.epochMillis();
        return new KeyCounts(
                ring.count(KeyState.ACTIVE, now),
                ring.count(KeyState.EXPIRED, now),
                ring.count(KeyState.REVOKED, now),
                failures.get());
    }

    /** What makes the two differ, as a word of the audit log; null where nothing does. */
    static @Nullable String change(@Nullable KeyRecord before, KeyRecord after) {
        if (before == null) {
            return after.revoked() == null ? "created" : "revoked";
        }
        if (before.revoked() == null && after.revoked() != null) {
            return "revoked";
        }
        // A rotation shows in the number of secrets or in the end of their grace, but for one without any grace.
        if (before.secrets().size() != after.secrets().size()
                || !Objects.equals(before.graceEnds(), after.graceEnds())) {
            return "rotated";
        }
        boolean same = before.name().equals(after.name())
                && before.role().equals(after.role())
                && Objects.equals(before.expires(), after.expires())
                && before.limits().equals(after.limits())
                && before.access().equals(after.access())
                && Objects.equals(before.revoked(), after.revoked());
        return same ? null : "changed";
    }
}
