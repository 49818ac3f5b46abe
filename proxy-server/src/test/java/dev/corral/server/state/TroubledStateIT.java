package dev.corral.server.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.corral.core.spi.NanoClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Disks that are full or cannot be written, a file that is locked or gone: serving goes on and nothing is lost. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class TroubledStateIT {
    private static final int KEYS = 20;

    @TempDir
    Path directory;

    private boolean mounted;

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            run("umount", disk().toString());
        }
    }

    private Path disk() {
        return directory.resolve("disk");
    }

    private void mount(String size) throws Exception {
        Files.createDirectory(disk());
        mounted = run("mount", "-t", "tmpfs", "-o", "size=" + size, "corral-test", disk().toString());
        assumeTrue(mounted, "not run: a tiny file system cannot be mounted here (expected: root with CAP_SYS_ADMIN)");
    }

    private static boolean run(String... command) throws Exception {
        Process process = new ProcessBuilder(List.of(command))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    private static UsageLedger start(Path directory) throws IOException {
        return UsageLedger.start(
                SqliteUsageStore.open(directory), ZoneOffset.UTC, Duration.ofDays(400), NanoClock.SYSTEM);
    }

    /** Notes one exchange of each of many keys; returns how long the slowest took. */
    private static Duration use(UsageLedger ledger) {
        long slowest = 0;
        for (int i = 0; i < KEYS; i++) {
            long start = System.nanoTime();
            ledger.finished(Used.by("key-" + i, Used.LLAMA));
            slowest = Math.max(slowest, System.nanoTime() - start);
        }
        return Duration.ofNanos(slowest);
    }

    private static long requests(Path directory) throws IOException {
        try (SqliteUsageStore store = SqliteUsageStore.openToRead(directory)) {
            LocalDate today = LocalDate.now(ZoneOffset.UTC);
            return store.read(today.minusDays(1), today).stream()
                    .mapToLong(entry -> entry.sums().requests())
                    .sum();
        }
    }

    private static void assertCatchesUp(UsageLedger ledger, long requests) {
        Await.until("everything is saved", () -> ledger.stats().saved() == requests);
        assertThat(ledger.stats().up()).isTrue();
        assertThat(ledger.stats().oldestUnsavedMillis()).isZero();
    }

    /** Uses until saving has failed a few times, and once more. */
    private static long failSome(UsageLedger ledger, long before) {
        long failures = ledger.stats().failures();
        assertThat(use(ledger)).isLessThan(Duration.ofSeconds(1));
        Await.until("failures", () -> ledger.stats().failures() >= failures + 2);
        assertThat(use(ledger)).isLessThan(Duration.ofSeconds(1));
        LedgerStats stats = ledger.stats();
        assertThat(stats.up()).isFalse();
        assertThat(stats.saved()).isEqualTo(before);
        assertThat(stats.oldestUnsavedMillis()).isPositive();
        return before + 2 * KEYS;
    }

    @Test
    void diskFull_isSavedWhenThereIsRoom() throws Exception {
        mount("512k");
        long used;
        try (UsageLedger ledger = start(disk())) {
            use(ledger);
            assertCatchesUp(ledger, KEYS);
            Path ballast = disk().resolve("ballast");
            assertThatThrownBy(() -> Files.write(ballast, new byte[1 << 20])).isInstanceOf(IOException.class);
            // What the log has of room from before, the first batches may use up.
            for (int i = 0; i < 200 && ledger.stats().up(); i++) {
                long saved = ledger.stats().saved();
                use(ledger);
                Await.until(
                        "an attempt",
                        () -> !ledger.stats().up() || ledger.stats().saved() > saved);
            }
            long before = ledger.stats().saved();
            long unsaved = ledger.stats().up() ? 0 : KEYS;
            used = failSome(ledger, before) + unsaved;
            Files.delete(ballast);
            assertCatchesUp(ledger, used);
        }
        assertThat(requests(disk())).isEqualTo(used);
    }

    @Test
    void fullDiskAtTheStart_saysSo() throws Exception {
        mount("64k");
        assertThatThrownBy(() -> Files.write(disk().resolve("ballast"), new byte[1 << 20]))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> SqliteUsageStore.open(disk()))
                .isInstanceOf(UsageStoreException.class)
                .hasMessageContaining(disk().resolve("usage.db").toString());
    }

    @Test
    void diskTurnedReadOnly_isSavedWhenItCanBeWrittenAgain() throws Exception {
        mount("4m");
        long used;
        try (UsageLedger ledger = start(disk())) {
            use(ledger);
            assertCatchesUp(ledger, KEYS);
            // A file that is open for writing forbids to make the file system read-only, so hide it under one that is.
            assertThat(run("mount", "-t", "tmpfs", "-o", "ro", "corral-test", disk().toString()))
                    .isTrue();
            try {
                used = failSome(ledger, KEYS);
            } finally {
                assertThat(run("umount", disk().toString())).isTrue();
            }
            assertCatchesUp(ledger, used);
        }
        assertThat(requests(disk())).isEqualTo(used);
    }

    @Test
    void readOnlyDirectoryAtTheStart_saysSo() throws Exception {
        Files.createDirectory(disk());
        mounted = run("mount", "-t", "tmpfs", "-o", "ro", "corral-test", disk().toString());
        assumeTrue(mounted, "not run: no file system can be mounted here (expected: root with CAP_SYS_ADMIN)");
        assertThatThrownBy(() -> SqliteUsageStore.open(disk()))
                .isInstanceOfSatisfying(
                        UsageStoreException.class,
                        e -> assertThat(e.kind()).isEqualTo(UsageStoreException.Kind.CANNOT_CREATE))
                .hasMessageContaining("Read-only file system");
    }

    @Test
    void lockedByAnotherProcess_waitsOnTheWritersThreadOnly() throws Exception {
        long used;
        try (UsageLedger ledger = start(directory)) {
            use(ledger);
            assertCatchesUp(ledger, KEYS);
            Connection other = SqliteFile.open(directory.resolve("usage.db"));
            try (other;
                    Statement statement = other.createStatement()) {
                statement.execute("BEGIN EXCLUSIVE");
                used = failSome(ledger, KEYS);
                statement.execute("COMMIT");
            }
            assertCatchesUp(ledger, used);
        }
        assertThat(requests(directory)).isEqualTo(used);
    }

    @Test
    void deletedFile_isBegunAnew() throws Exception {
        try (UsageLedger ledger = start(directory)) {
            use(ledger);
            assertCatchesUp(ledger, KEYS);
            Files.delete(directory.resolve("usage.db"));
            use(ledger);
            assertCatchesUp(ledger, 2 * KEYS);
        }
        assertThat(requests(directory)).isEqualTo(KEYS);
    }
}
