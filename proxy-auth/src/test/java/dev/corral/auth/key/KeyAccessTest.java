package dev.corral.auth.key;

import static dev.corral.auth.key.SshPublicKeyTest.TEXT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.auth.TestClock;
import dev.corral.auth.limit.LimitSet;
import dev.corral.core.spi.Cidr;
import dev.corral.core.spi.CidrSet;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyAccessTest {
    private static final SshPublicKey SSH = Objects.requireNonNull(SshPublicKey.parse(TEXT));
    private static final String PIN = "spki:sha256:" + "0123456789abcdef".repeat(4);
    private static final CidrSet TEN = new CidrSet(List.of(Objects.requireNonNull(Cidr.parse("10.0.0.0/8"))));

    @TempDir
    private Path directory;

    private KeyStore store = new KeyStore(Path.of("keys.json"), new TestClock());

    @BeforeEach
    void openStore() {
        store = new KeyStore(directory.resolve("keys.json"), new TestClock());
    }

    private static KeyAccess ssh() {
        return new KeyAccess(List.of(SSH), List.of(), CidrSet.NONE);
    }

    private static void assertKind(KeyStoreException.Kind kind, String message, Change change) {
        assertThatThrownBy(change::make)
                .asInstanceOf(InstanceOfAssertFactories.type(KeyStoreException.class))
                .satisfies(e -> assertThat(e.kind()).isEqualTo(kind))
                .satisfies(e -> assertThat(e).hasMessageContaining(message));
    }

    private interface Change {
        void make() throws Exception;
    }

    private static KeyRing read(String access) throws Exception {
        String text = "{\"version\":1,\"keys\":[\n{\"id\":\"aaaaaaaa\",\"name\":\"alice\",\"role\":\"user\","
                + "\"created\":\"2026-11-22T10:00:00Z\"," + access + "}\n]}";
        return KeyFileReader.read("keys.json", new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void sshKeyCertificateAndRange_surviveTheFileAndAreFound() throws Exception {
        KeyAccess access = new KeyAccess(List.of(SSH), List.of(PIN, "san:alice@example.org"), TEN);
        store.create(new NewKey("plain", "user", null));
        KeyRecord alice = store.register(new NewKey("alice", "user", null, LimitSet.NONE, access));
        assertThat(alice.secrets()).isEmpty();
        assertThat(Files.readString(directory.resolve("keys.json")))
                .containsOnlyOnce("secrets")
                .contains("\"ssh\":[\"" + TEXT + "\"],\"certificates\":[\"" + PIN
                        + "\",\"san:alice@example.org\"],\"allow-from\":[\"10.0.0.0/8\"]}");
        KeyRing ring = store.load();
        assertThat(ring.bySshKey(SSH)).usingRecursiveComparison().isEqualTo(alice);
        assertThat(ring.byCertificate(PIN)).isEqualTo(ring.byId(alice.id()));
        assertThat(ring.byCertificate("san:alice@example.org")).isEqualTo(ring.byId(alice.id()));
        assertThat(ring.byCertificate("subject:CN=alice")).isNull();
        assertThat(ring.activeByName("alice")).isEqualTo(ring.byId(alice.id()));
        assertThat(ring.activeByName("bob")).isNull();
        KeyRecord plain = ring.byName("plain");
        assertThat(plain).isNotNull();
        assertThat(plain.access()).isSameAs(KeyAccess.NONE);
    }

    @Test
    void keyWithoutSecret_canBeGivenOne() throws Exception {
        store.register(new NewKey("alice", "user", null, LimitSet.NONE, ssh()));
        CreatedKey rotated = store.rotate("alice", Duration.ZERO);
        assertThat(store.find("alice").secrets()).hasSize(1);
        assertThat(PresentedKey.parse(rotated.secret())).isNotNull();
        assertThat(store.find("alice").access()).isEqualTo(ssh());
    }

    @Test
    void sameSshKeyAtTwoKeys_isRefusedUntilTheOtherIsRevoked() throws Exception {
        store.create(new NewKey("alice", "user", null));
        store.create(new NewKey("bob", "user", null));
        store.access("alice", before -> ssh());
        assertKind(
                KeyStoreException.Kind.CREDENTIAL_TAKEN, SSH.fingerprint(), () -> store.access("bob", before -> ssh()));
        KeyRecord alice = store.revoke("alice");
        assertThat(Objects.requireNonNull(store.load().bySshKey(SSH)).id()).isEqualTo(alice.id());
        KeyRecord bob = store.access("bob", before -> ssh());
        assertThat(Objects.requireNonNull(store.load().bySshKey(SSH)).id()).isEqualTo(bob.id());
        assertThat(store.load().activeByName("alice")).isNull();
    }

    @Test
    void takenCredential_isSaidToBeItsOwners_notThatOfWhoWantsIt() throws Exception {
        store.create(new NewKey("alice", "user", null));
        KeyRecord bob = store.register(new NewKey("bob", "user", null, LimitSet.NONE, ssh()));
        String message = "ssh key " + SSH.fingerprint() + " belongs to key " + bob.id()
                + " \"bob\" already (expected: another one; or first corral keys remove-credential " + bob.id() + " ";
        KeyStoreException.Kind taken = KeyStoreException.Kind.CREDENTIAL_TAKEN;
        assertKind(taken, message, () -> store.access("alice", before -> ssh()));
        assertKind(taken, message, () -> store.register(new NewKey("carol", "user", null, LimitSet.NONE, ssh())));
    }

    @Test
    void fileWhereTwoKeysHaveTheSame_isRefused() throws Exception {
        store.create(new NewKey("alice", "user", null));
        store.create(new NewKey("bob", "user", null));
        store.access("alice", before -> new KeyAccess(List.of(), List.of(PIN), CidrSet.NONE));
        store.access("bob", before -> new KeyAccess(List.of(), List.of(PIN.replace("0", "1")), CidrSet.NONE));
        Path file = directory.resolve("keys.json");
        Files.writeString(file, Files.readString(file).replace(PIN.replace("0", "1"), PIN));
        assertKind(KeyStoreException.Kind.BAD_FILE, "keys.json line 3: certificate \"spki:sha256:", store::load);
    }

    @Test
    void lastCredential_cannotBeTakenAway() throws Exception {
        store.register(new NewKey("alice", "user", null, LimitSet.NONE, ssh()));
        assertKind(
                KeyStoreException.Kind.INVALID,
                "could be used by nobody",
                () -> store.access("alice", before -> KeyAccess.NONE));
        assertKind(
                KeyStoreException.Kind.INVALID, "no credential", () -> store.register(new NewKey("bob", "user", null)));
        store.revoke("alice");
        assertKind(KeyStoreException.Kind.INVALID, "is revoked", () -> store.access("alice", before -> KeyAccess.NONE));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"allow-from\":[\"10.0.0.0/8\"]                  | no \"secrets\"",
                "\"ssh\":[]                                       | \"ssh\": none",
                "\"ssh\":\"AAAA\"                                 | \"ssh\": a string",
                "\"ssh\":[\"AAAA\"]                               | \"ssh\": not such a text",
                "\"ssh\":[7]                                      | \"ssh\": a number",
                "\"ssh\":[\"K\",\"K\"]                            | \"ssh\": the same twice",
                "\"ssh\":[\"K\"],\"ssh\":[\"K\"]                  | \"ssh\" appears twice",
                "\"ssh\":[\"K\"],\"secrets\":[]                   | \"secrets\": none",
                "\"ssh\":[\"K\"],\"allow-from\":[]                | \"allow-from\": none",
                "\"ssh\":[\"K\"],\"allow-from\":[\"10.0.0.1/8\"]  | \"allow-from\": not such a text",
                "\"ssh\":[\"K\"],\"allow-from\":[\"example.org\"] | \"allow-from\": not such a text",
                "\"certificates\":[\"cn=alice\"]                  | \"certificates\": not such a text",
                "\"certificates\":[null]                          | \"certificates\": null",
            })
    void badAccess_isNamedWithItsLine(String access, String expected) {
        String text = access.replace("\"K\"", "\"" + TEXT + "\"");
        assertKind(KeyStoreException.Kind.BAD_FILE, "keys.json line 2: " + expected, () -> read(text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "spki:sha256:" + "ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789"
                        + "|spki:sha256:abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789",
                "subject:CN=alice, O=Lab | subject:CN=alice,O=Lab",
                "subject:cn=alice+ou=x,dc=org | subject:CN=alice+OU=x,DC=org",
                "san:Alice@Example.ORG | san:alice@example.org",
                "san:spiffe://lab/Alice | san:spiffe://lab/Alice",
                "spki:sha256:ab | ",
                "spki:sha1:abcdef0123456789abcdef0123456789abcdef01 | ",
                "subject: | ",
                "subject:alice | ",
                "san: | ",
                "san:a b | ",
                "alice | ",
            })
    void certificateName_hasOneSpelling(String text, String canonical) {
        assertThat(CertificateName.parse(text)).isEqualTo(canonical);
        if (canonical != null) {
            assertThat(CertificateName.parse(canonical)).isEqualTo(canonical);
        }
    }

    @Test
    void plainKeys_shareOneAccess() throws Exception {
        KeyRing ring = read("\"secrets\":[{\"sha256\":\"" + "00".repeat(32) + "\"}]");
        assertThat(ring.records()).allSatisfy(key -> assertThat(key.access()).isSameAs(KeyAccess.NONE));
    }
}
