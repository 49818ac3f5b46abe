package dev.corral.auth.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.auth.TestClock;
import dev.corral.auth.key.KeyAccess;
import dev.corral.auth.key.KeyRing;
import dev.corral.auth.key.KeyStore;
import dev.corral.auth.key.LiveKeyRing;
import dev.corral.auth.key.NewKey;
import dev.corral.auth.key.SshPublicKey;
import dev.corral.auth.limit.LimitSet;
import dev.corral.core.spi.CidrSet;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PendingKeysTest {
    @TempDir
    private Path directory;

    private final TestClock clock = new TestClock();
    private final LiveKeyRing live = new LiveKeyRing(KeyRing.EMPTY);
    private final PendingKeys pending = new PendingKeys(live, clock);

    private static SshPublicKey key(int number) {
        byte[] raw = new byte[32];
        ByteBuffer.wrap(raw).putInt(number + 1).putInt(7);
        return SshPublicKey.of(raw);
    }

    private static InetAddress address(int number) throws Exception {
        return InetAddress.getByAddress(
                ByteBuffer.allocate(4).putInt(0x0A000000 + number).array());
    }

    private List<SshPublicKey> keys() {
        return pending.list().stream().map(PendingKey::key).toList();
    }

    @Test
    void keySeenAgain_keepsItsFirstTimeAndCounts() throws Exception {
        assertThat(pending.saw(key(1), address(1))).isTrue();
        clock.advance(Duration.ofSeconds(10));
        assertThat(pending.saw(key(1), address(2))).isFalse();
        assertThat(pending.list())
                .containsExactly(
                        new PendingKey(key(1), "10.0.0.2", TestClock.START, TestClock.START.plusSeconds(10), 2));
        clock.advance(Duration.ofMinutes(1));
        assertThat(pending.saw(key(1), address(2))).isTrue();
    }

    @Test
    void oneAddress_holdsItsShareOnly() throws Exception {
        pending.saw(key(1000), address(2));
        for (int i = 0; i < 100; i++) {
            pending.saw(key(i), InetAddress.getByName("2001:db8::" + i));
        }
        assertThat(keys())
                .hasSize(PendingKeys.PER_ADDRESS + 1)
                .contains(key(1000), key(99))
                .doesNotContain(key(0));
    }

    @Test
    void manyAddresses_fillItAndWhoeverTriesAgainStays() throws Exception {
        pending.saw(key(5000), address(5000));
        for (int i = 0; i < 2000; i++) {
            pending.saw(key(i), address(i));
            if (i % 100 == 0) {
                pending.saw(key(5000), address(5000));
            }
        }
        assertThat(keys()).hasSize(PendingKeys.MOST).contains(key(5000)).doesNotContain(key(0));
    }

    @Test
    void registeredAndForgottenKeys_doNotWait() throws Exception {
        pending.saw(key(1), address(1));
        pending.saw(key(2), address(1));
        clock.advance(Duration.ofDays(6));
        pending.saw(key(3), address(1));
        KeyStore store = new KeyStore(directory.resolve("keys.json"), clock);
        KeyAccess access = new KeyAccess(List.of(key(1)), List.of(), CidrSet.NONE);
        store.register(new NewKey("alice", "user", null, LimitSet.NONE, access));
        live.replace(store.load());
        assertThat(keys()).containsExactlyInAnyOrder(key(2), key(3));
        clock.advance(Duration.ofDays(2));
        assertThat(keys()).containsExactly(key(3));
    }

    @Test
    void savedKeys_areReadByOthersAndByTheNextRun() throws Exception {
        Path file = PendingKeyFile.in(directory);
        assertThat(PendingKeyFile.read(file)).isEmpty();
        try (PendingKeySaver saver = new PendingKeySaver(pending, file)) {
            saver.restore();
            saver.signed(key(1), address(1));
            saver.signed(key(2), InetAddress.getByName("2001:db8::1"));
            long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
            while (PendingKeyFile.read(file).size() < 2 && System.nanoTime() < deadline) {
                LockSupport.parkNanos(1_000_000);
            }
            saver.signed(key(3), address(3));
        }
        assertThat(PendingKeyFile.read(file)).isEqualTo(pending.list()).hasSize(3);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");

        PendingKeys next = new PendingKeys(live, clock);
        try (PendingKeySaver saver = new PendingKeySaver(next, file)) {
            saver.restore();
        }
        assertThat(next.list()).isEqualTo(pending.list());
    }

    @Test
    void fileThatCannotBeReadOrWritten_isNoReasonToFail() throws Exception {
        Path file = PendingKeyFile.in(directory);
        Files.writeString(file, "nonsense");
        try (PendingKeySaver saver = new PendingKeySaver(pending, file)) {
            saver.restore();
            assertThat(pending.list()).isEmpty();
            saver.signed(key(1), address(1));
        }
        assertThat(PendingKeyFile.read(file)).hasSize(1);
        try (PendingKeySaver saver = new PendingKeySaver(pending, directory.resolve("missing/pending-keys.json"))) {
            saver.signed(key(2), address(1));
        }
        assertThat(keys()).hasSize(2);
    }
}
