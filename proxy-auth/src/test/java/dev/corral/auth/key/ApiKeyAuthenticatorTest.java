package dev.corral.auth.key;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.corral.auth.AuthenticatorContract;
import dev.corral.auth.TestClock;
import dev.corral.auth.TestRequest;
import dev.corral.auth.limit.LimitSet;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.AuthDecision;
import dev.corral.core.spi.AuthDecision.Denied;
import dev.corral.core.spi.AuthDecision.Granted;
import dev.corral.core.spi.Authenticator;
import dev.corral.core.spi.CidrSet;
import dev.corral.core.spi.Principal;
import dev.corral.core.spi.RequestView;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiKeyAuthenticatorTest extends AuthenticatorContract {
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    private Path directory;

    private final TestClock clock = new TestClock();
    private final LiveKeyRing live = new LiveKeyRing(KeyRing.EMPTY);
    private final ApiKeyAuthenticator authenticator = new ApiKeyAuthenticator(live, clock);
    private KeyStore store = new KeyStore(Path.of("keys.json"), clock);
    private CreatedKey alice = new CreatedKey(
            new KeyRecord(
                    "aB3dE6gH",
                    "alice",
                    "user",
                    TestClock.START,
                    null,
                    null,
                    List.of(new KeySecret(new byte[KeyDigest.LENGTH], null))),
            "");

    @BeforeEach
    void createAlice() throws KeyStoreException {
        store = new KeyStore(directory.resolve("keys.json"), clock);
        alice = store.create(new NewKey("alice", "user", DAY));
        live.replace(store.load());
    }

    @Override
    public Authenticator authenticator() {
        return authenticator;
    }

    @Override
    public String field() {
        return "Authorization";
    }

    @Override
    public String goodValue() {
        return "Bearer " + alice.secret();
    }

    @Override
    public List<String> secrets() {
        String hex = alice.key().secrets().get(0).hex();
        return List.of(
                alice.secret(), alice.secret().substring(13), alice.secret().substring(13, 56), hex);
    }

    private AuthDecision decide(String key) {
        return authenticator.authenticate(new TestRequest().with("Authorization", "Bearer " + key));
    }

    private void reload() throws KeyStoreException {
        live.replace(store.load());
    }

    private static void assertDenied(AuthDecision decision, ProxyError error) {
        assertThat(decision).isEqualTo(new Denied(error));
    }

    @Test
    void goodKey_tellsWhoIsCalling() {
        Granted granted = new Granted(new Principal(alice.key().id(), "alice", "user"));
        assertThat(decide(alice.secret())).isEqualTo(granted);
        assertThat(authenticator.authenticate(new TestRequest().with("X-Api-Key", alice.secret())))
                .isEqualTo(granted);
        assertThat(authenticator.authenticate(new TestRequest().with("api-key", alice.secret())))
                .isEqualTo(granted);
    }

    @Test
    void unknownIdAndWrongSecret_areBothUnknown() {
        KeyMint mint = new KeyMint();
        assertDenied(decide(mint.secret("00000000").text()), ProxyError.UNKNOWN_KEY);
        assertDenied(decide(mint.secret(alice.key().id()).text()), ProxyError.UNKNOWN_KEY);
    }

    @Test
    void anySingleWrongCharacter_isMalformedSoNeverLookedUp() {
        Random random = new Random(11);
        for (int i = 0; i < 5000; i++) {
            int at = random.nextInt(alice.secret().length());
            char typo = (char) (33 + random.nextInt(94));
            if (typo != alice.secret().charAt(at)) {
                String wrong =
                        alice.secret().substring(0, at) + typo + alice.secret().substring(at + 1);
                assertDenied(decide(wrong), ProxyError.MALFORMED_KEY);
            }
        }
    }

    @Test
    void keyThatHasNoSecret_isUnknownWhateverIsPresented() throws Exception {
        SshPublicKey ssh = Objects.requireNonNull(SshPublicKey.parse(SshPublicKeyTest.TEXT));
        KeyAccess access = new KeyAccess(List.of(ssh), List.of(), CidrSet.NONE);
        KeyRecord bob = store.register(new NewKey("bob", "user", null, LimitSet.NONE, access));
        live.replace(store.load());
        String presented = new KeyMint().secret(bob.id()).text();
        assertThat(decide(presented)).isEqualTo(new AuthDecision.Denied(ProxyError.UNKNOWN_KEY));
    }

    @Test
    void expiredKey_isRefusedFromItsLastMillisecondOn() {
        clock.advance(DAY.minusMillis(1));
        assertThat(decide(alice.secret())).isInstanceOf(Granted.class);
        clock.advance(Duration.ofMillis(1));
        assertDenied(decide(alice.secret()), ProxyError.EXPIRED_KEY);
    }

    @Test
    void revokedKey_isRefusedEvenWhereTheClockIsSetBack() throws KeyStoreException {
        store.revoke("alice");
        reload();
        clock.advance(Duration.ofHours(-1));
        assertDenied(decide(alice.secret()), ProxyError.REVOKED_KEY);
        clock.advance(DAY.plus(DAY));
        assertDenied(decide(alice.secret()), ProxyError.REVOKED_KEY);
    }

    @Test
    void revokedOrExpiredKeyWithWrongSecret_isOnlyUnknown() throws KeyStoreException {
        String wrong = new KeyMint().secret(alice.key().id()).text();
        clock.advance(DAY);
        assertDenied(decide(wrong), ProxyError.UNKNOWN_KEY);
        store.revoke("alice");
        reload();
        assertDenied(decide(wrong), ProxyError.UNKNOWN_KEY);
    }

    @Test
    void rotatedKey_oldSecretWorksForTheGraceAndNoLonger() throws KeyStoreException {
        CreatedKey rotated = store.rotate("alice", Duration.ofHours(2));
        reload();
        clock.advance(Duration.ofHours(2).minusMillis(1));
        assertThat(decide(alice.secret())).isEqualTo(decide(rotated.secret())).isInstanceOf(Granted.class);
        clock.advance(Duration.ofMillis(1));
        assertDenied(decide(alice.secret()), ProxyError.EXPIRED_KEY);
        assertThat(decide(rotated.secret())).isInstanceOf(Granted.class);
    }

    @Test
    void rotatedKeyWithoutGrace_oldSecretIsUnknownAtOnce() throws KeyStoreException {
        CreatedKey rotated = store.rotate("alice", Duration.ZERO);
        reload();
        assertDenied(decide(alice.secret()), ProxyError.UNKNOWN_KEY);
        assertThat(decide(rotated.secret())).isInstanceOf(Granted.class);
    }

    @Test
    void everyFailedCredential_looksTheSameToTheCaller() throws KeyStoreException {
        CreatedKey expired = store.create(new NewKey("bob", "user", Duration.ofMinutes(1)));
        CreatedKey revoked = store.create(new NewKey("carol", "user", null));
        store.revoke("carol");
        reload();
        clock.advance(Duration.ofMinutes(1));
        List<ProxyError> errors = List.of(
                ((Denied) decide("nonsense")).error(),
                ((Denied) decide(new KeyMint().secret("00000000").text())).error(),
                ((Denied) decide(expired.secret())).error(),
                ((Denied) decide(revoked.secret())).error(),
                ProxyError.MISSING_KEY);
        assertThat(errors)
                .extracting(ProxyError::code)
                .containsExactly(
                        ErrorCode.MALFORMED_KEY,
                        ErrorCode.UNKNOWN_KEY,
                        ErrorCode.EXPIRED_KEY,
                        ErrorCode.REVOKED_KEY,
                        ErrorCode.MISSING_KEY);
        assertThat(errors).allSatisfy(error -> {
            assertThat(error.code().status()).isEqualTo(401);
            assertThat(error.code().publicLabel()).isEqualTo("unauthenticated");
            assertThat(error.code().closesClient()).isFalse();
            assertThat(error.message()).isEqualTo(ProxyError.MISSING_KEY.message());
            assertThat(error.headers()).isEqualTo(ProxyError.MISSING_KEY.headers());
        });
    }

    @Test
    void newRing_countsForTheNextRequest() throws KeyStoreException {
        CreatedKey bob = store.create(new NewKey("bob", "admin", null));
        assertDenied(decide(bob.secret()), ProxyError.UNKNOWN_KEY);
        reload();
        assertThat(decide(bob.secret())).isInstanceOf(Granted.class);
    }

    @Test
    void strangers_costNextToNoMemory() {
        String unknown = new KeyMint().secret("00000000").text();
        assertThat(bytesPerDecision("sk-proj-" + "x".repeat(54))).isLessThan(64);
        assertThat(bytesPerDecision("x".repeat(4000))).isLessThan(64);
        assertThat(bytesPerDecision(unknown)).isLessThan(1024);
    }

    private long bytesPerDecision(String key) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        RequestView request = new TestRequest().with("X-API-Key", key);
        long id = Thread.currentThread().getId();
        int rounds = 20_000;
        for (int i = 0; i < rounds; i++) {
            Objects.requireNonNull(authenticator.authenticate(request));
        }
        long before = threads.getThreadAllocatedBytes(id);
        for (int i = 0; i < rounds; i++) {
            Objects.requireNonNull(authenticator.authenticate(request));
        }
        return (threads.getThreadAllocatedBytes(id) - before) / rounds;
    }
}
