package dev.corral.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.corral.auth.key.KeyRecord;
import dev.corral.auth.key.KeyRing;
import dev.corral.auth.key.KeyStore;
import dev.corral.auth.key.KeyStoreException;
import dev.corral.auth.key.NewKey;
import dev.corral.auth.limit.LimitKind;
import dev.corral.auth.limit.LimitSet;
import dev.corral.core.spi.NanoClock;
import dev.corral.server.log.AuditLog;
import dev.corral.server.log.LogTarget;
import dev.corral.server.metrics.KeyCounts;
import dev.corral.server.tls.LogLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyAuditTest {
    @TempDir
    Path directory;

    private KeyStore store;

    @BeforeEach
    void open() {
        store = new KeyStore(directory.resolve("keys.json"), NanoClock.SYSTEM);
    }

    @Test
    void everyKindOfChange_hasItsWord() throws KeyStoreException {
        KeyRecord created = store.create(new NewKey("alice", "user", null)).key();
        KeyRecord rotated = store.rotate("alice", Duration.ofHours(1)).key();
        KeyRecord limited = store.limit("alice", new LimitSet(Map.of(LimitKind.CONCURRENCY, 1L)), false);
        KeyRecord revoked = store.revoke("alice");
        assertThat(KeyAudit.change(null, created)).isEqualTo("created");
        assertThat(KeyAudit.change(created, created)).isNull();
        assertThat(KeyAudit.change(created, rotated)).isEqualTo("rotated");
        assertThat(KeyAudit.change(rotated, limited)).isEqualTo("changed");
        assertThat(KeyAudit.change(limited, revoked)).isEqualTo("revoked");
        assertThat(KeyAudit.change(null, revoked)).isEqualTo("revoked");
    }

    @Test
    void roleThatIsNotConfigured_isWarnedOfOnce_atTheStartOrWhenItComes() throws KeyStoreException {
        store.create(new NewKey("alice", "user", null));
        store.create(new NewKey("old", "gone", null));
        store.revoke("old");
        String bob = store.create(new NewKey("bob", "research", null)).key().id();
        store.create(new NewKey("carol", "research", null));
        try (LogLines log = new LogLines(MissingRoles.class)) {
            KeyAudit events = new KeyAudit(null, NanoClock.SYSTEM, store.load(), Set.of("user", "admin"));
            events.loaded(store.load());
            store.create(new NewKey("dave", "late", null));
            events.loaded(store.load());
            events.loaded(store.load());

            assertThat(log.of(Level.WARN)).hasSize(2);
            assertThat(log.of(Level.WARN).get(0))
                    .startsWith("key ")
                    .contains(" and 1 more have the role \"research\"", "(expected: one of admin, user)");
            assertThat(log.of(Level.WARN).get(1)).contains(" has the role \"late\"");
        }
        assertThat(MissingRoles.sentences(store.list(), Set.of("user"), NanoClock.SYSTEM.epochMillis()))
                .hasSize(2)
                .anyMatch(sentence -> sentence.startsWith("key " + bob + " and 1 more"));
    }

    @Test
    void newVersionsOfTheFile_areAuditedKeyByKeyAndCounted() throws KeyStoreException, IOException {
        Path log = directory.resolve("audit.log");
        try (AuditLog audit = new AuditLog(new LogTarget(log, 1 << 20, 1), NanoClock.SYSTEM)) {
            KeyAudit events = new KeyAudit(audit, NanoClock.SYSTEM, KeyRing.EMPTY, Set.of("user"));
            store.create(new NewKey("alice", "user", null));
            store.create(new NewKey("bob", "user", null));
            events.loaded(store.load());
            store.revoke("bob");
            events.loaded(store.load());
            events.failed(store.place(), "broken on line 3");
            events.loaded(KeyRing.EMPTY);
            assertThat(events.counts()).isEqualTo(new KeyCounts(0, 0, 0, 1));
        }
        assertThat(Files.readString(log))
                .containsSubsequence(
                        "key_created",
                        "alice",
                        "key_created",
                        "bob",
                        "2 keys",
                        "key_revoked",
                        "bob",
                        "2 keys",
                        "keys_rejected",
                        "broken on line 3",
                        "key_removed",
                        "alice",
                        "key_removed",
                        "bob",
                        "0 keys");
    }
}
