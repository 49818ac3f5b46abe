package dev.corral.server.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.auth.limit.Spent;
import dev.corral.server.state.UsageStoreException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteUsageStoreTest {
    private static final LocalDate FIRST = LocalDate.parse("2026-01-01");
    private static final LocalDate LAST = LocalDate.parse("2026-12-31");

    @TempDir
    Path directory;

    private Path file() {
        return directory.resolve("usage.db");
    }

    private SqliteUsageStore open() throws IOException {
        return SqliteUsageStore.open(directory);
    }

    private List<UsageEntry> all() throws IOException {
        try (SqliteUsageStore store = SqliteUsageStore.openToRead(directory)) {
            return store.read(FIRST, LAST);
        }
    }

    private void sql(String... lines) throws Exception {
        Connection connection = SqliteFile.open(file());
        try (connection;
                Statement statement = connection.createStatement()) {
            for (String line : lines) {
                statement.execute(line);
            }
        }
    }

    @Test
    void whatIsAdded_addsUpByDayKeyAndModel_alsoAcrossProcesses() throws IOException {
        try (SqliteUsageStore store = open()) {
            store.add(1, List.of(Used.entry("2026-11-23", "b", "m", 1), Used.entry("2026-11-23", "a", "n", 1)));
            store.add(2, List.of(Used.entry("2026-11-23", "b", "m", 2), Used.entry("2026-11-22", "b", "m", 4)));
        }
        try (SqliteUsageStore store = open()) {
            // Another process counts its batches from one, too.
            store.add(1, List.of(Used.entry("2026-11-23", "b", "m", 8)));
            assertThat(store.read(FIRST, LAST))
                    .containsExactly(
                            Used.entry("2026-11-22", "b", "m", 4),
                            Used.entry("2026-11-23", "a", "n", 1),
                            Used.entry("2026-11-23", "b", "m", 11));
            assertThat(store.read(LocalDate.parse("2026-11-22"), LocalDate.parse("2026-11-22")))
                    .containsExactly(Used.entry("2026-11-22", "b", "m", 4));
        }
    }

    @Test
    void secondWriter_isRefused_becauseEachWouldCountLimitsAlone() throws IOException {
        try (SqliteUsageStore store = open()) {
            assertThatThrownBy(this::open)
                    .isInstanceOf(UsageStoreException.class)
                    .hasMessageContaining("another Corral runs with this state directory")
                    .hasMessageContaining(directory.toString());
            store.add(1, List.of(Used.entry("2026-11-23", "a", "m", 1)));
        }
        open().close();
        assertThat(all()).containsExactly(Used.entry("2026-11-23", "a", "m", 1));
    }

    @Test
    void sameBatchTwice_countsOnce() throws IOException {
        try (SqliteUsageStore store = open()) {
            List<UsageEntry> batch = List.of(Used.entry("2026-11-23", "a", "m", 1));
            store.add(7, batch);
            store.add(7, batch);
            assertThat(store.read(FIRST, LAST)).isEqualTo(batch);
        }
    }

    @Test
    void spent_separatesTodayFromTheMonth() throws IOException {
        try (SqliteUsageStore store = open()) {
            store.add(
                    1,
                    List.of(
                            Used.entry("2026-10-31", "a", "m", 1_000),
                            Used.entry("2026-11-01", "a", "m", 1),
                            Used.entry("2026-11-23", "a", "m", 2),
                            Used.entry("2026-11-23", "a", "n", 4),
                            Used.entry("2026-11-24", "a", "n", 1_000),
                            Used.entry("2026-11-02", "b", "m", 8)));
            LocalDate today = LocalDate.parse("2026-11-23");
            assertThat(store.spent(today))
                    .hasSize(2)
                    .containsEntry("a", new Spent(90, 105, 6_000))
                    .containsEntry("b", new Spent(0, 120, 0));
            assertThat(new ReadOnlyView(store).spent(today)).isEqualTo(store.spent(today));
        }
    }

    /** A store that knows nothing but the list. */
    private record ReadOnlyView(UsageStore store) implements UsageStore {
        @Override
        public void add(long batch, List<UsageEntry> entries) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<UsageEntry> read(LocalDate first, LocalDate last) throws IOException {
            return store.read(first, last);
        }

        @Override
        public void forgetBefore(LocalDate day) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    @Test
    void forgottenDays_giveTheirSpaceBack() throws IOException {
        try (SqliteUsageStore store = open()) {
            for (int day = 1; day <= 30; day++) {
                List<UsageEntry> entries = new ArrayList<>();
                for (int key = 0; key < 400; key++) {
                    entries.add(Used.entry(String.format("2026-11-%02d", day), "key-" + key, Used.LLAMA, 1));
                }
                store.add(day, entries);
            }
        }
        long before = Files.size(file());
        try (SqliteUsageStore store = open()) {
            store.forgetBefore(LocalDate.parse("2026-11-30"));
            assertThat(store.read(FIRST, LAST))
                    .hasSize(400)
                    .allSatisfy(entry -> assertThat(entry.day()).isEqualTo(LocalDate.parse("2026-11-30")));
        }
        assertThat(Files.size(file())).isLessThan(before / 5);
    }

    @Test
    void filesAreTheOwnersOnly_alsoThoseOfAnEarlierCarelessHand() throws IOException {
        Files.createFile(file(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--")));
        try (SqliteUsageStore store = open()) {
            store.add(1, List.of(Used.entry("2026-11-23", "a", "m", 1)));
            for (String name : List.of("usage.db", "usage.db-wal", "usage.db-shm", "usage.lock")) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(name))))
                        .as(name)
                        .isEqualTo("rw-------");
            }
        }
        assertThat(names()).containsExactly("usage.db", "usage.lock");
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(one -> one.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void laterVersion_isRefusedAndLeftAlone() throws Exception {
        sql("PRAGMA user_version = 99");
        assertThatThrownBy(this::open)
                .isInstanceOfSatisfying(
                        UsageStoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NEWER))
                .hasMessageContaining("version 99 (expected: at most " + SqliteSchema.current() + ")");
        assertThatThrownBy(() -> SqliteUsageStore.openToRead(directory)).hasMessageContaining("version 99");
        assertThat(names()).containsExactly("usage.db", "usage.lock");
    }

    @Test
    void noStore_isMissingToReaders() {
        assertThatThrownBy(() -> SqliteUsageStore.openToRead(directory))
                .isInstanceOfSatisfying(
                        UsageStoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.MISSING));
        assertThat(file()).doesNotExist();
    }

    @Test
    void readerBesideAWriter_seesWhatWasAdded() throws IOException {
        try (SqliteUsageStore store = open()) {
            store.add(1, List.of(Used.entry("2026-11-23", "a", "m", 1)));
            assertThat(all()).hasSize(1);
            store.add(2, List.of(Used.entry("2026-11-23", "b", "m", 1)));
            assertThat(all()).hasSize(2);
        }
    }

    @Test
    void readerOnly_cannotWrite() throws IOException {
        open().close();
        try (SqliteUsageStore store = SqliteUsageStore.openToRead(directory)) {
            assertThatThrownBy(() -> store.add(1, List.of(Used.entry("2026-11-23", "a", "m", 1))))
                    .isInstanceOf(UsageStoreException.class);
        }
        assertThat(all()).isEmpty();
    }

    @Test
    void strangeDirectoryNames_meanThemselves() throws IOException {
        Path strange = Files.createDirectory(directory.resolve("a b?mode=memory#%41ü"));
        try (SqliteUsageStore store = SqliteUsageStore.open(strange)) {
            store.add(1, List.of(Used.entry("2026-11-23", "a", "m", 1)));
        }
        assertThat(strange.resolve("usage.db")).isNotEmptyFile();
        try (SqliteUsageStore store = SqliteUsageStore.openToRead(strange)) {
            assertThat(store.read(FIRST, LAST)).hasSize(1);
        }
    }

    @Test
    void fileThatIsNoDatabase_isMovedAsideAndWorkGoesOn() throws IOException {
        byte[] before = "not a database at all, but long enough to be looked at "
                .repeat(20)
                .getBytes(StandardCharsets.UTF_8);
        Files.write(file(), before);
        try (SqliteUsageStore store = open()) {
            store.add(1, List.of(Used.entry("2026-11-23", "a", "m", 1)));
        }
        assertThat(all()).hasSize(1);
        List<String> aside =
                names().stream().filter(name -> name.contains("corrupt")).toList();
        assertThat(aside).hasSize(1).first().asString().matches("usage\\.db\\.corrupt-[0-9]{8}T[0-9]{6}Z");
        assertThat(Files.readAllBytes(directory.resolve(aside.get(0)))).isEqualTo(before);
    }

    @Test
    void damagedPages_areFoundAtTheStart() throws IOException {
        try (SqliteUsageStore store = open()) {
            List<UsageEntry> entries = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                entries.add(Used.entry("2026-11-23", "key-" + i, Used.LLAMA, 1));
            }
            store.add(1, entries);
        }
        damage();
        try (SqliteUsageStore store = open()) {
            assertThat(store.read(FIRST, LAST)).isEmpty();
        }
        assertThat(names()).anyMatch(name -> name.startsWith("usage.db.corrupt-"));
    }

    /** Overwrites all but the first page: the file still looks like a database. */
    private void damage() throws IOException {
        try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
            byte[] bytes = new byte[(int) channel.size() - 4096];
            assertThat(bytes.length).isGreaterThan(100_000);
            new Random(42).nextBytes(bytes);
            channel.write(ByteBuffer.wrap(bytes), 4096);
        }
    }

    @Test
    void damageWhileOpen_isFoundAndNothingAfterwardsIsLost() throws IOException {
        List<UsageEntry> entries = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            entries.add(Used.entry("2026-11-23", "key-" + i, Used.LLAMA, 1));
        }
        try (SqliteUsageStore store = open()) {
            store.add(1, entries);
            damage();
            assertThatThrownBy(() -> store.add(2, entries))
                    .isInstanceOfSatisfying(
                            UsageStoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DAMAGED));
            store.add(2, entries);
        }
        assertThat(all())
                .hasSize(20_000)
                .allSatisfy(entry -> assertThat(entry.sums().requests()).isEqualTo(1));
        assertThat(names()).anyMatch(name -> name.startsWith("usage.db.corrupt-"));
    }

    @Test
    void fileDeletedWhileOpen_isBegunAnewAndNothingAfterwardsIsLost() throws IOException {
        try (SqliteUsageStore store = open()) {
            store.add(1, List.of(Used.entry("2026-11-23", "a", "m", 1)));
            Files.delete(file());
            store.add(2, List.of(Used.entry("2026-11-23", "a", "m", 2)));
        }
        assertThat(all()).containsExactly(Used.entry("2026-11-23", "a", "m", 2));
    }

    @Test
    void library_leavesNothingBehind() throws IOException {
        Path stale = Files.createDirectory(directory.resolve(".sqlite-native-left"));
        Files.createFile(stale.resolve("libsqlitejdbc.so"));
        open().close();
        assertThat(names()).doesNotContain("libsqlitejdbc.so").contains("usage.db");
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            assertThat(files.map(one -> one.getFileName().toString()))
                    .noneMatch(name -> name.startsWith(".sqlite-native-"));
        }
    }
}
