package dev.corral.auth.mtls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.auth.TestClock;
import dev.corral.auth.TestRequest;
import dev.corral.auth.key.CertificateName;
import dev.corral.auth.key.KeyAccess;
import dev.corral.auth.key.KeyRing;
import dev.corral.auth.key.KeyStore;
import dev.corral.auth.key.KeyStoreException;
import dev.corral.auth.key.LiveKeyRing;
import dev.corral.auth.key.NewKey;
import dev.corral.auth.limit.LimitSet;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.spi.AuthDecision;
import dev.corral.core.spi.AuthDecision.Denied;
import dev.corral.core.spi.AuthDecision.Granted;
import dev.corral.core.spi.AuthDecision.NotMine;
import dev.corral.core.spi.CidrSet;
import dev.corral.core.spi.PeerCertificate;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateAuthenticatorTest {
    // Its own CA, valid from the day after the tests' clock begins, for ten years.
    private static final X509Certificate ALICE = certificate("alice.pem");
    private static final X509Certificate NAMELESS = certificate("nameless.pem");
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    private Path directory;

    private final TestClock clock = new TestClock();
    private final LiveKeyRing ring = new LiveKeyRing(KeyRing.EMPTY);
    private final CertificateAuthenticator authenticator = new CertificateAuthenticator(ring, clock);
    private KeyStore store = new KeyStore(Path.of("keys.json"), clock);

    @BeforeEach
    void openStore() {
        store = new KeyStore(directory.resolve("keys.json"), clock);
        clock.advance(DAY.multipliedBy(2));
    }

    private static X509Certificate certificate(String name) {
        try (InputStream in = CertificateAuthenticatorTest.class.getResourceAsStream("/certificates/" + name)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        } catch (IOException | CertificateException e) {
            throw new IllegalStateException(e);
        }
    }

    private void register(String name, String... certificates) throws KeyStoreException {
        List<String> written = List.of(certificates).stream()
                .map(text -> Objects.requireNonNull(CertificateName.parse(text)))
                .toList();
        store.create(new NewKey(
                name,
                "user",
                DAY.multipliedBy(10_000),
                LimitSet.NONE,
                new KeyAccess(List.of(), written, CidrSet.NONE)));
        ring.replace(store.load());
    }

    private AuthDecision decide(X509Certificate certificate, boolean trusted) {
        return authenticator.authenticate(new TestRequest().certificate(new PeerCertificate(certificate, trusted)));
    }

    private static String granted(AuthDecision decision) {
        assertThat(decision).isInstanceOf(Granted.class);
        return ((Granted) decision).principal().keyName();
    }

    private static ErrorCode denied(AuthDecision decision) {
        assertThat(decision).isInstanceOf(Denied.class);
        return ((Denied) decision).error().code();
    }

    @Test
    void noCertificate_isNotMine() {
        assertThat(authenticator.authenticate(new TestRequest())).isEqualTo(NotMine.INSTANCE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "subject:CN=alice,O=Lab,C=DE",
                "subject:CN=alice, O=Lab, C=DE",
                "san:alice.lab.test",
                "san:ALICE.lab.test",
                "san:alice@lab.test",
                "san:spiffe://lab/alice",
                "san:192.0.2.7"
            })
    void registeredName_isGrantedOnlyWhereTheCaHasSigned(String name) throws KeyStoreException {
        register("alice", name);

        assertThat(granted(decide(ALICE, true))).isEqualTo("alice");
        assertThat(denied(decide(ALICE, false))).isEqualTo(ErrorCode.UNREGISTERED_KEY);
    }

    @Test
    void pinnedPublicKey_isGrantedWhoeverHasSigned() throws KeyStoreException {
        register("alice", CertificateName.spki(ALICE));
        register("box", CertificateName.spki(NAMELESS));

        assertThat(granted(decide(ALICE, false))).isEqualTo("alice");
        assertThat(granted(decide(ALICE, true))).isEqualTo("alice");
        assertThat(granted(decide(NAMELESS, false))).isEqualTo("box");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "subject:CN=alice",
                "subject:CN=alice,O=Lab",
                "subject:CN=alice,O=Lab,C=DE,C=DE",
                "subject:C=DE,O=Lab,CN=alice",
                "san:lab.test",
                "san:*.lab.test",
                "san:alice",
                "san:spiffe://lab/Alice"
            })
    void otherNames_areNotTakenForIt(String name) throws KeyStoreException {
        register("somebody", name);

        assertThat(denied(decide(ALICE, true))).isEqualTo(ErrorCode.UNREGISTERED_KEY);
    }

    @Test
    void namesOfTwoKeys_areNoOnesAndAPinDecides() throws KeyStoreException {
        register("a", "san:alice.lab.test");
        register("b", "subject:CN=alice,O=Lab,C=DE");
        assertThat(denied(decide(ALICE, true))).isEqualTo(ErrorCode.MALFORMED_KEY);

        register("c", CertificateName.spki(ALICE));
        assertThat(granted(decide(ALICE, true))).isEqualTo("c");
    }

    @Test
    void twoNamesOfOneKey_areFine() throws KeyStoreException {
        register("a", "san:alice.lab.test", "subject:CN=alice,O=Lab,C=DE");
        assertThat(granted(decide(ALICE, true))).isEqualTo("a");
    }

    @Test
    void certificateThatRunsOutDuringAConnection_isRefusedButAPinHolds() throws KeyStoreException {
        register("alice", "san:alice.lab.test");
        register("box", CertificateName.spki(NAMELESS));
        clock.advance(Duration.ofDays(3_700));

        assertThat(denied(decide(ALICE, true))).isEqualTo(ErrorCode.EXPIRED_KEY);
        assertThat(granted(decide(NAMELESS, false))).isEqualTo("box");
    }

    @Test
    void revocationAndExpiryOfTheKey_holdAtOnce() throws KeyStoreException {
        register("alice", "san:alice.lab.test");
        clock.advance(DAY.multipliedBy(2_000));
        assertThat(granted(decide(ALICE, true))).isEqualTo("alice");
        store.revoke("alice");
        ring.replace(store.load());
        assertThat(denied(decide(ALICE, true))).isEqualTo(ErrorCode.REVOKED_KEY);
    }

    @Test
    void otherCredential_decidesInsteadOfTheCertificate() throws KeyStoreException {
        register("alice", "san:alice.lab.test");
        for (String field : List.of("Authorization", "X-API-Key", "api-key")) {
            TestRequest request = new TestRequest()
                    .certificate(new PeerCertificate(ALICE, true))
                    .with(field, "");
            assertThat(authenticator.authenticate(request)).as(field).isEqualTo(NotMine.INSTANCE);
        }
        assertThat(authenticator.authenticate(new TestRequest()
                        .certificate(new PeerCertificate(ALICE, true))
                        .pathToken("x")))
                .isEqualTo(NotMine.INSTANCE);
    }
}
