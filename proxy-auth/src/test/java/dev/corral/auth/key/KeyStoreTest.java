package dev.corral.auth.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.corral.auth.TestClock;
import dev.corral.auth.key.KeyStoreException.Kind;
import dev.corral.auth.limit.LimitKind;
import dev.corral.auth.limit.LimitSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyStoreTest {
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    private Path directory;

    private final TestClock clock = new TestClock();
    private Path file = Path.of("keys.json");
    private KeyStore store = new KeyStore(file, clock);

    @BeforeEach
    void open() {
        file = directory.resolve("state/corral/keys.json");
        store = new KeyStore(file, clock);
    }

    private static NewKey named(String name) {
        return new NewKey(name, "user", null);
    }

    private static void assertFails(ThrowingCallable call, Kind kind, String message) {
        assertThatThrownBy(call)
                .asInstanceOf(InstanceOfAssertFactories.type(KeyStoreException.class))
                .satisfies(e -> {
                    assertThat(e.kind()).isEqualTo(kind);
                    assertThat(e).hasMessageContaining(message);
                });
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void noFile_isNoKeysAndReadingMakesNone() throws Exception {
        assertThat(store.load().isEmpty()).isTrue();
        assertThat(store.list()).isEmpty();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void createdKey_isStoredAsDigestOnly() throws Exception {
        CreatedKey created = store.create(new NewKey("alice", "admin", DAY));
        PresentedKey presented = PresentedKey.parse(created.secret());
        assertThat(presented).isNotNull();
        assertThat(presented.id()).isEqualTo(created.key().id());
        KeyRecord stored = store.find("alice");
        assertThat(stored).usingRecursiveComparison().isEqualTo(created.key());
        assertThat(stored.created()).isEqualTo(TestClock.START);
        assertThat(stored.expires()).isEqualTo(TestClock.START.plus(DAY));
        assertThat(stored.role()).isEqualTo("admin");
        assertThat(Files.readString(file)).doesNotContain(created.secret().substring(12));
        assertThat(created + " " + stored + " " + store.load())
                .doesNotContain(created.secret().substring(12))
                .doesNotContain(stored.secrets().get(0).hex());
    }

    @Test
    void fileAndDirectories_areForTheOwnerOnly() throws Exception {
        store.create(named("alice"));
        assertThat(mode(file)).isEqualTo("rw-------");
        assertThat(mode(file.resolveSibling("keys.json.lock"))).isEqualTo("rw-------");
        assertThat(mode(directory.resolve("state/corral"))).isEqualTo("rwx------");
        assertThat(mode(directory.resolve("state"))).isEqualTo("rwx------");
        try (var files = Files.list(file.resolveSibling("."))) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("keys.json", "keys.json.lock");
        }
    }

    @Test
    void fileThatOthersCanRead_isLoadedAndCanBeFixed() throws Exception {
        store.create(named("alice"));
        assertThat(store.fixPermissions()).isFalse();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(store.load().size()).isEqualTo(1);
        assertThat(store.fixPermissions()).isTrue();
        assertThat(mode(file)).isEqualTo("rw-------");
    }

    @Test
    void changeToAFileThatOthersCanRead_makesItPrivate() throws Exception {
        store.create(named("alice"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        store.create(named("bob"));
        assertThat(mode(file)).isEqualTo("rw-------");
    }

    @Test
    void limits_areChangedOneByOneAndOutliveRotationAndRevocation() throws Exception {
        LimitSet ten = new LimitSet(Map.of(LimitKind.CONCURRENCY, 10L));
        LimitSet day = new LimitSet(Map.of(LimitKind.TOKENS_PER_DAY, LimitSet.UNLIMITED));
        store.create(new NewKey("alice", "user", DAY, ten));
        assertThat(store.find("alice").limits()).isEqualTo(ten);
        assertThat(store.limit("alice", day, false).limits()).isEqualTo(day.over(ten));
        assertThat(store.rotate("alice", DAY).key().limits()).isEqualTo(day.over(ten));
        assertThat(store.find("alice").limits()).isEqualTo(day.over(ten));
        assertThat(store.limit("alice", day, true).limits()).isEqualTo(day);
        assertThat(store.revoke("alice").limits()).isEqualTo(day);
        assertThat(store.find("alice").limits()).isEqualTo(day);
        assertFails(() -> store.limit("alice", ten, false), Kind.INVALID, "is revoked");
        assertFails(() -> store.limit("nobody", ten, false), Kind.NO_SUCH_KEY, "nobody");
    }

    @Test
    void limitsThatHold_areNotWrittenAgain() throws Exception {
        store.create(named("alice"));
        FileTime before = FileTime.fromMillis(1000);
        Files.setLastModifiedTime(file, before);
        assertThat(store.limit("alice", LimitSet.NONE, true).limits()).isEqualTo(LimitSet.NONE);
        assertThat(Files.getLastModifiedTime(file)).isEqualTo(before);
    }

    @Test
    void name_belongsToOneKeyUntilThatIsRevoked() throws Exception {
        CreatedKey first = store.create(new NewKey("alice", "user", DAY));
        assertFails(
                () -> store.create(named("alice")),
                Kind.NAME_TAKEN,
                "belongs to key " + first.key().id());
        clock.advance(DAY);
        assertFails(() -> store.create(named("alice")), Kind.NAME_TAKEN, "revoking a key frees its name");
        assertThat(store.revoke("alice").state(clock.epochMillis())).isEqualTo(KeyState.REVOKED);
        assertThat(store.find("alice").id()).isEqualTo(first.key().id());
        CreatedKey second = store.create(named("alice"));
        assertThat(store.find("alice").id()).isEqualTo(second.key().id());
        assertThat(store.list()).hasSize(2);
    }

    @Test
    void nameInAnotherUnicodeForm_isTheSameName() throws Exception {
        CreatedKey created = store.create(named("Jose\u0301"));
        assertThat(created.key().name()).isEqualTo("Jos\u00E9");
        assertThat(store.find("Jose\u0301").id()).isEqualTo(created.key().id());
        assertFails(() -> store.create(named("Jos\u00E9")), Kind.NAME_TAKEN, "belongs to");
    }

    @Test
    void nameThatIsTheIdOfAKey_isTaken() throws Exception {
        CreatedKey created = store.create(named("alice"));
        assertFails(() -> store.create(named(created.key().id())), Kind.NAME_TAKEN, "is the id of a key");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a\nb", "crl_aB3dE6gH"})
    void unusableName_isRefusedAndNothingIsWritten(String name) {
        assertFails(() -> store.create(named(name)), Kind.INVALID, "name: \"");
        assertFails(() -> store.create(new NewKey("alice", "a\u0000", null)), Kind.INVALID, "role: \"a?\"");
        assertThat(file).doesNotExist();
    }

    @Test
    void unusableDurations_areRefused() throws Exception {
        for (Duration bad : List.of(Duration.ZERO, DAY.negated(), Duration.ofSeconds(Long.MAX_VALUE))) {
            assertFails(() -> store.create(new NewKey("alice", "user", bad)), Kind.INVALID, "validity: ");
        }
        store.create(named("alice"));
        for (Duration bad : List.of(DAY.negated(), Duration.ofSeconds(Long.MAX_VALUE))) {
            assertFails(() -> store.rotate("alice", bad), Kind.INVALID, "grace: ");
        }
    }

    @Test
    void key_isFoundByIdNameOrWholeKey() throws Exception {
        CreatedKey created = store.create(named("alice"));
        String id = created.key().id();
        assertThat(store.find(id).id()).isEqualTo(id);
        assertThat(store.find("alice").id()).isEqualTo(id);
        assertThat(store.find(created.secret()).id()).isEqualTo(id);
        assertFails(() -> store.find("bob"), Kind.NO_SUCH_KEY, "no key has the id or the name \"bob\"");
        assertFails(() -> store.revoke("bob"), Kind.NO_SUCH_KEY, "\"bob\"");
        assertFails(() -> store.rotate("bob", DAY), Kind.NO_SUCH_KEY, "\"bob\"");
    }

    @Test
    void unknownWholeKey_isNotRepeatedInTheMessage() {
        String secret = new KeyMint().secret("aB3dE6gH").text();
        assertThatThrownBy(() -> store.find(secret))
                .hasMessageContaining("crl_aB3dE6gH...")
                .hasMessageNotContaining(secret.substring(13, 20));
    }

    @Test
    void revokingTwice_keepsTheFirstTime() throws Exception {
        store.create(named("alice"));
        KeyRecord revoked = store.revoke("alice");
        clock.advance(DAY);
        assertThat(store.revoke("alice").revoked()).isEqualTo(revoked.revoked()).isEqualTo(TestClock.START);
    }

    @Test
    void rotation_keepsIdAndEndsOldSecretsByTheGraceAtTheLatest() throws Exception {
        CreatedKey created = store.create(new NewKey("alice", "user", Duration.ofDays(30)));
        CreatedKey second = store.rotate("alice", Duration.ofDays(2));
        assertThat(second.key().id()).isEqualTo(created.key().id());
        assertThat(second.key().expires()).isEqualTo(created.key().expires());
        assertThat(second.secret()).isNotEqualTo(created.secret());
        assertThat(second.key().graceEnds()).isEqualTo(TestClock.START.plus(Duration.ofDays(2)));

        KeyRecord third = store.rotate("alice", DAY).key();
        assertThat(third.secrets()).hasSize(3);
        assertThat(third.graceEnds()).isEqualTo(TestClock.START.plus(DAY));

        clock.advance(DAY);
        assertThat(store.rotate("alice", DAY).key().secrets())
                .as("those out of grace are gone")
                .hasSize(2);
        assertThat(store.rotate("alice", Duration.ZERO).key().secrets()).hasSize(1);
    }

    @Test
    void rotation_cannotPileUpSecrets() throws Exception {
        store.create(named("alice"));
        for (int i = 1; i < KeyRecord.MAX_SECRETS; i++) {
            store.rotate("alice", DAY);
        }
        assertFails(() -> store.rotate("alice", DAY), Kind.INVALID, "8 valid secrets");
        assertThat(store.rotate("alice", Duration.ZERO).key().secrets()).hasSize(1);
    }

    @Test
    void rotatingAKeyThatOpensNothing_isRefused() throws Exception {
        store.create(new NewKey("alice", "user", DAY));
        store.create(named("bob"));
        store.revoke("bob");
        clock.advance(DAY);
        assertFails(() -> store.rotate("alice", DAY), Kind.INVALID, "is expired");
        assertFails(() -> store.rotate("bob", DAY), Kind.INVALID, "is revoked");
    }

    @Test
    void firstKeys_areMadeOnceOnly() throws Exception {
        List<NewKey> wanted = List.of(new NewKey("admin", "admin", null), named("user"));
        List<CreatedKey> created = store.createIfEmpty(wanted);
        assertThat(created).extracting(key -> key.key().name()).containsExactly("admin", "user");
        assertThat(store.createIfEmpty(wanted)).isEmpty();
        store.revoke("admin");
        store.revoke("user");
        assertThat(store.createIfEmpty(wanted)).as("revoked keys are keys").isEmpty();
        assertThat(store.list()).hasSize(2);
    }

    @Test
    void firstKeysWithTheSameName_areAllRefused() throws Exception {
        assertFails(() -> store.createIfEmpty(List.of(named("a"), named("a"))), Kind.NAME_TAKEN, "\"a\"");
        assertThat(store.list()).isEmpty();
    }

    @Test
    void count_tellsStatesApart() throws Exception {
        store.create(named("active"));
        store.create(new NewKey("expired", "user", DAY));
        store.create(new NewKey("revoked", "user", DAY));
        store.revoke("revoked");
        clock.advance(DAY);
        KeyRing ring = store.load();
        for (KeyState state : KeyState.values()) {
            assertThat(ring.count(state, clock.epochMillis())).as(state.label()).isEqualTo(1);
        }
    }

    @Test
    void brokenFile_isNeverOverwritten() throws Exception {
        store.create(named("alice"));
        String broken = Files.readString(file).replace("\"role\"", "\"rule\"");
        Files.writeString(file, broken);
        assertFails(() -> store.create(named("bob")), Kind.BAD_FILE, "line 2: unknown field \"rule\"");
        assertFails(() -> store.createIfEmpty(List.of(named("bob"))), Kind.BAD_FILE, "line 2");
        assertFails(() -> store.revoke("alice"), Kind.BAD_FILE, "line 2");
        assertThat(file).hasContent(broken.stripTrailing());
        Files.writeString(file, "");
        assertFails(() -> store.createIfEmpty(List.of(named("bob"))), Kind.BAD_FILE, "the end of the file");
        assertThat(file).isEmptyFile();
    }

    @Test
    void leftoverOfAKilledWriter_isClearedAway() throws Exception {
        store.create(named("alice"));
        Path leftover = file.resolveSibling("keys.json.tmp");
        Files.writeString(leftover, "{\"version\":1,\"ke");
        store.create(named("bob"));
        assertThat(leftover).doesNotExist();
        assertThat(store.list()).hasSize(2);
    }

    @Test
    void symbolicLinkAsTemporaryFile_isNotFollowed() throws Exception {
        store.create(named("alice"));
        Path victim = Files.writeString(directory.resolve("victim"), "precious");
        Files.createSymbolicLink(file.resolveSibling("keys.json.tmp"), victim);
        store.create(named("bob"));
        assertThat(victim).hasContent("precious");
        assertThat(file).isRegularFile();
    }

    @Test
    void symbolicLink_staysAndItsTargetChanges() throws Exception {
        store.create(named("alice"));
        Path link = Files.createSymbolicLink(directory.resolve("link.json"), file);
        new KeyStore(link, clock).create(named("bob"));
        assertThat(link).isSymbolicLink();
        assertThat(store.list()).hasSize(2);
        assertThat(directory.resolve("link.json.lock")).doesNotExist();
    }

    @Test
    void directoryInPlaceOfTheFile_isReported() throws Exception {
        Files.createDirectories(file.resolve("inside"));
        assertFails(() -> store.load(), Kind.IO, "cannot read " + file + ": Is a directory");
        assertFails(() -> store.create(named("alice")), Kind.IO, "Is a directory");
        assertThat(file.resolve("inside")).isDirectory();
    }

    @Test
    void pipeInPlaceOfTheFile_isReportedAndNotWaitedFor() throws Exception {
        Files.deleteIfExists(file);
        Files.createDirectories(file.getParent());
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/mkfifo")), "no mkfifo here: not run");
        assertThat(new ProcessBuilder("/usr/bin/mkfifo", file.toString())
                        .start()
                        .waitFor())
                .isZero();

        assertFails(() -> store.load(), Kind.IO, "cannot read " + file + ": it is no regular file");
    }

    @Test
    void fileInPlaceOfTheDirectory_isReported() throws Exception {
        Files.writeString(directory.resolve("state"), "not a directory");
        assertFails(
                () -> store.create(named("alice")),
                Kind.CANNOT_CREATE,
                "cannot create the directory " + file.getParent());
    }

    @Test
    void directoryThatCannotBeMade_isReported() {
        Path impossible = Path.of("/proc/corral");
        assumeTrue(Files.isDirectory(Path.of("/proc/self")), "needs /proc, where even the superuser can make nothing");
        KeyStore nowhere = new KeyStore(impossible.resolve("keys.json"), clock);
        assertFails(
                () -> nowhere.create(named("alice")), Kind.CANNOT_CREATE, "cannot create the directory /proc/corral");
    }

    @Test
    void stateDirectoryOfAnotherUser_getsFilesOfThatUser() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "only the superuser can give files away");
        Path state = Files.createDirectory(directory.resolve("state"));
        Files.setAttribute(state, "unix:uid", 65534);
        Files.setAttribute(state, "unix:gid", 65534);
        store.create(named("alice"));
        for (Path path : List.of(file.getParent(), file, file.resolveSibling("keys.json.lock"))) {
            assertThat(Files.getAttribute(path, "unix:uid")).as(path.toString()).isEqualTo(65534);
            assertThat(Files.getAttribute(path, "unix:gid")).as(path.toString()).isEqualTo(65534);
        }
    }
}
