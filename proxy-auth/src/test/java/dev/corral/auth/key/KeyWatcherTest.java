package dev.corral.auth.key;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.auth.TestClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyWatcherTest {
    @TempDir
    private Path directory;

    private final TestClock clock = new TestClock();
    private final LiveKeyRing live = new LiveKeyRing(KeyRing.EMPTY);
    private final List<String> seen = new ArrayList<>();
    private final KeyEvents events = new KeyEvents() {
        @Override
        public void loaded(KeyRing ring) {
            seen.add("loaded " + ring.size());
        }

        @Override
        public void failed(String place, String reason) {
            seen.add("failed " + reason.replace(directory.toString(), ""));
        }
    };
    private KeyStore store = new KeyStore(Path.of("keys.json"), clock);
    private KeyWatcher watcher = new KeyWatcher(store, live, events);

    @BeforeEach
    void createAlice() throws KeyStoreException {
        store = new KeyStore(directory.resolve("keys.json"), clock);
        watcher = new KeyWatcher(store, live, events);
        create("alice");
    }

    private Path file() {
        return directory.resolve("keys.json");
    }

    private CreatedKey create(String name) throws KeyStoreException {
        return store.create(new NewKey(name, "user", null));
    }

    @Test
    void unchangedFile_isReadOnce() {
        watcher.poll();
        KeyRing ring = live.current();
        watcher.poll();
        watcher.poll();
        assertThat(live.current()).isSameAs(ring);
        assertThat(seen).containsExactly("loaded 1");
    }

    @Test
    void keysLoadedBefore_areNotReadAgain() throws Exception {
        KeyStore.Loaded loaded = store.loadVersion();
        live.replace(loaded.ring());
        watcher = new KeyWatcher(store, live, events, loaded.version());
        watcher.poll();
        watcher.poll();
        assertThat(live.current()).isSameAs(loaded.ring());
        assertThat(seen).containsExactly("loaded 1");
    }

    @Test
    void changeBetweenLoadAndWatch_isInForceAtTheFirstLook() throws Exception {
        KeyStore.Loaded loaded = store.loadVersion();
        live.replace(loaded.ring());
        watcher = new KeyWatcher(store, live, events, loaded.version());
        store.revoke("alice");
        watcher.poll();
        assertThat(live.current().byName("alice"))
                .isNotNull()
                .satisfies(key -> assertThat(key.revoked()).isNotNull());
    }

    @Test
    void versionInForceThatComesBackLater_isReadAgain() throws Exception {
        byte[] before = Files.readAllBytes(file());
        KeyStore.Loaded loaded = store.loadVersion();
        live.replace(loaded.ring());
        watcher = new KeyWatcher(store, live, events, loaded.version());
        watcher.poll();
        create("bob");
        watcher.poll();
        assertThat(live.current().size()).isEqualTo(2);
        Files.write(file(), before);
        watcher.poll();
        assertThat(live.current().size()).isEqualTo(1);
    }

    @Test
    void changedFile_isInForceAfterTheNextLook() throws Exception {
        watcher.poll();
        CreatedKey bob = create("bob");
        assertThat(live.current().byId(bob.key().id())).isNull();
        watcher.poll();
        assertThat(live.current().byId(bob.key().id())).isNotNull();
        store.revoke("bob");
        watcher.poll();
        assertThat(live.current().byName("bob"))
                .isNotNull()
                .satisfies(key -> assertThat(key.revoked()).isNotNull());
        assertThat(seen).containsExactly("loaded 1", "loaded 2", "loaded 2");
    }

    @Test
    void brokenFile_keepsTheOldKeysAndIsReportedOnce() throws Exception {
        watcher.poll();
        KeyRing ring = live.current();
        String good = Files.readString(file());
        Files.writeString(file(), good.substring(0, 50));
        watcher.poll();
        watcher.poll();
        assertThat(live.current()).isSameAs(ring);
        Files.writeString(file(), good.substring(0, 30));
        watcher.poll();
        watcher.poll();
        assertThat(live.current()).isSameAs(ring);
        Files.writeString(file(), good);
        watcher.poll();
        assertThat(live.current().size()).isEqualTo(1);
        assertThat(seen).hasSize(4);
        assertThat(seen.get(1)).startsWith("failed /keys.json line 2: not valid JSON");
        assertThat(seen.get(2)).startsWith("failed /keys.json line 2: not valid JSON");
        assertThat(seen.get(3)).isEqualTo("loaded 1");
    }

    @Test
    void deletedFile_keepsTheOldKeysAndIsReportedOnce() throws Exception {
        watcher.poll();
        KeyRing ring = live.current();
        Path aside = Files.move(file(), directory.resolve("aside"));
        watcher.poll();
        watcher.poll();
        assertThat(live.current()).isSameAs(ring);
        Files.move(aside, file());
        watcher.poll();
        assertThat(seen).containsExactly("loaded 1", "failed /keys.json is gone", "loaded 1");
    }

    @Test
    void fileThatCannotBeRead_isTriedAgainButReportedOnce() throws Exception {
        watcher.poll();
        KeyRing ring = live.current();
        Path aside = Files.move(file(), directory.resolve("aside"));
        Files.createDirectory(file());
        watcher.poll();
        watcher.poll();
        assertThat(live.current()).isSameAs(ring);
        assertThat(seen).containsExactly("loaded 1", "failed cannot read /keys.json: Is a directory");
        Files.delete(file());
        Files.move(aside, file());
        watcher.poll();
        assertThat(seen).hasSize(3).last().isEqualTo("loaded 1");
    }

    @Test
    void fileWithoutKeys_isARingWithoutKeys() throws Exception {
        watcher.poll();
        Files.writeString(file(), "{\"version\":1,\"keys\":[]}");
        watcher.poll();
        assertThat(live.current().isEmpty()).isTrue();
    }

    @Test
    void runningWatcher_makesAChangeEffectiveWithinASecond() throws Exception {
        LinkedBlockingQueue<KeyRing> rings = new LinkedBlockingQueue<>();
        KeyEvents queue = new KeyEvents() {
            @Override
            public void loaded(KeyRing ring) {
                rings.add(ring);
            }

            @Override
            public void failed(String place, String reason) {
                throw new AssertionError(reason);
            }
        };
        try (KeyWatcher running = new KeyWatcher(store, live, queue)) {
            running.start();
            assertThat(rings.poll(10, TimeUnit.SECONDS)).isNotNull();
            long best = Long.MAX_VALUE;
            for (int i = 0; i < 3; i++) {
                create("key " + i);
                long started = System.nanoTime();
                assertThat(rings.poll(10, TimeUnit.SECONDS)).isNotNull().isSameAs(live.current());
                best = Math.min(best, System.nanoTime() - started);
            }
            assertThat(best).isLessThan(TimeUnit.SECONDS.toNanos(1));
        }
    }

    @Test
    void throwingListener_doesNotEndTheWatch() throws Exception {
        CountDownLatch second = new CountDownLatch(1);
        AtomicBoolean thrown = new AtomicBoolean();
        KeyEvents throwing = new KeyEvents() {
            @Override
            public void loaded(KeyRing ring) {
                if (thrown.compareAndSet(false, true)) {
                    throw new IllegalStateException("listener's bug");
                }
                second.countDown();
            }

            @Override
            public void failed(String place, String reason) {}
        };
        try (KeyWatcher running = new KeyWatcher(store, live, throwing)) {
            running.start();
            for (int i = 0; !thrown.get() && i < 1000; i++) {
                LockSupport.parkNanos(1_000_000);
                store.load();
            }
            create("bob");
            assertThat(second.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }
}
