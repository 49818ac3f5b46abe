package dev.corral.auth.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.corral.auth.AuthenticatorContract;
import dev.corral.auth.TestClock;
import dev.corral.auth.TestRequest;
import dev.corral.auth.key.KeyAccess;
import dev.corral.auth.key.KeyRecord;
import dev.corral.auth.key.KeyRing;
import dev.corral.auth.key.KeyStore;
import dev.corral.auth.key.LiveKeyRing;
import dev.corral.auth.key.NewKey;
import dev.corral.auth.key.SshPublicKey;
import dev.corral.auth.limit.LimitSet;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.spi.AuthDecision;
import dev.corral.core.spi.AuthDecision.Denied;
import dev.corral.core.spi.AuthDecision.Granted;
import dev.corral.core.spi.AuthDecision.Later;
import dev.corral.core.spi.Authenticator;
import dev.corral.core.spi.CidrSet;
import dev.corral.core.spi.NanoClock;
import dev.corral.core.spi.Principal;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class OllamaSignatureAuthenticatorTest extends AuthenticatorContract {
    private static final Duration SKEW = Duration.ofMinutes(5);
    private static final long NOW = TestClock.START.getEpochSecond();

    @TempDir
    private Path directory;

    private final TestClock clock = new TestClock();
    private final LiveKeyRing live = new LiveKeyRing(KeyRing.EMPTY);
    private final List<SshPublicKey> unknown = new CopyOnWriteArrayList<>();
    private final OllamaSignatureAuthenticator authenticator =
            new OllamaSignatureAuthenticator(live, clock, SKEW, 1, (key, from) -> unknown.add(key));
    private final Signer alice = new Signer();
    private KeyStore store = new KeyStore(Path.of("keys.json"), clock);

    /** What the real program sent. */
    record Vector(String method, String target, String prefix, String authorization, String challenge) {
        TestRequest request() {
            int query = target.indexOf('?');
            return new TestRequest()
                    .line(method, target.substring(prefix.length(), query), target.substring(query + 1))
                    .with("Authorization", authorization);
        }

        long seconds() {
            return Long.parseLong(challenge.substring(challenge.indexOf("ts=") + 3));
        }
    }

    private static JsonNode vectorFile() throws IOException {
        try (InputStream in = OllamaSignatureAuthenticatorTest.class.getResourceAsStream("ollama-auth-vectors.json")) {
            return new ObjectMapper().readTree(in);
        }
    }

    static List<Vector> vectors() throws IOException {
        List<Vector> vectors = new ArrayList<>();
        for (JsonNode vector : vectorFile().get("vectors")) {
            vectors.add(new Vector(
                    vector.get("method").textValue(),
                    vector.get("request_target").textValue(),
                    vector.path("prefix").asText(),
                    vector.get("authorization").textValue(),
                    vector.get("challenge").textValue()));
        }
        return vectors;
    }

    @BeforeEach
    void registerAlice() throws Exception {
        store = new KeyStore(directory.resolve("keys.json"), clock);
        store.register(new NewKey("alice", "user", Duration.ofDays(1), LimitSet.NONE, access(alice.key())));
        live.replace(store.load());
    }

    @AfterEach
    void endThreads() {
        authenticator.close();
    }

    private static KeyAccess access(SshPublicKey key) {
        return new KeyAccess(List.of(key), List.of(), CidrSet.NONE);
    }

    @Override
    public Authenticator authenticator() {
        return authenticator;
    }

    @Override
    public TestRequest request() {
        return new TestRequest().line("POST", "/api/chat", "ts=" + NOW);
    }

    @Override
    public String field() {
        return "Authorization";
    }

    @Override
    public String goodValue() {
        return alice.authorization("POST,/api/chat?ts=" + NOW);
    }

    @Override
    public boolean recognised(String value) {
        return value.startsWith(SshPublicKey.TEXT_PREFIX);
    }

    @Override
    public List<String> secrets() {
        return List.of(goodValue(), goodValue().substring(69));
    }

    private AuthDecision decide(TestRequest request) {
        return settled(authenticator.authenticate(request));
    }

    private static @Nullable ErrorCode code(AuthDecision decision) {
        return decision instanceof Denied denied ? denied.error().code() : null;
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void whatTheOllamaCommandSends_isGranted(Vector vector) throws Exception {
        NanoClock then = new NanoClock() {
            @Override
            public long nanos() {
                return 0;
            }

            @Override
            public long epochMillis() {
                return vector.seconds() * 1000 + 1500;
            }
        };
        String line = vectorFile().get("authorized_key").textValue();
        SshPublicKey key = Objects.requireNonNull(SshPublicKey.parse(line.substring(line.indexOf(' ') + 1)));
        store.register(new NewKey("vectors", "user", null, LimitSet.NONE, access(key)));
        live.replace(store.load());
        try (OllamaSignatureAuthenticator real =
                new OllamaSignatureAuthenticator(live, then, SKEW, 1, (other, from) -> unknown.add(other))) {
            assertThat(settled(real.authenticate(vector.request()))).isInstanceOf(Granted.class);
            TestRequest other = vector.request().line("PATCH", "/api/chat", "ts=" + vector.seconds());
            assertThat(code(settled(real.authenticate(other)))).isEqualTo(ErrorCode.UNKNOWN_KEY);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET,  /api/chat,     ts=NOW",
        "POST, /api/generate, ts=NOW",
        "POST, /api/chat,     ts=NEXT",
        "POST, /api/chat/,    ts=NOW",
    })
    void signatureOfAnotherRequest_isDenied(String method, String path, String query) {
        TestRequest request = alice.chat(NOW)
                .line(method, path, query.replace("NOW", "" + NOW).replace("NEXT", "" + (NOW + 1)));
        assertThat(code(decide(request))).isEqualTo(ErrorCode.UNKNOWN_KEY);
    }

    @ParameterizedTest
    @CsvSource({
        "''",
        "ts",
        "ts=",
        "ts=NOW&ts=NOW",
        "ts=NOW&ts",
        "ts=NOW&x=1&ts=1",
        "TS=NOW",
        "t%73=NOW",
        "ts=+NOW",
        "ts=-NOW",
        "ts=0NOW",
        "ts=NOW.0",
        "ts=99999999999999999999",
        "ts=NOW%20",
    })
    void notExactlyOneTime_isDeniedUnchecked(String query) {
        TestRequest request = alice.chat(NOW).line("POST", "/api/chat", query.replace("NOW", "" + NOW));
        assertThat(code(authenticator.authenticate(request))).isEqualTo(ErrorCode.MALFORMED_KEY);
    }

    @Test
    void otherParameters_areNotSignedAndMeanNothing() {
        TestRequest request = alice.chat(NOW).line("POST", "/api/chat", "tsx=1&ts=" + NOW + "&its=2&");
        assertThat(decide(request)).isInstanceOf(Granted.class);
    }

    @ParameterizedTest
    @CsvSource({"-301, STALE_SIGNATURE", "-300, ", "300, ", "301, STALE_SIGNATURE", "-9999999, STALE_SIGNATURE"})
    void timeBeyondTheSkew_isStale(long seconds, @Nullable ErrorCode expected) {
        assertThat(code(decide(alice.chat(NOW + seconds)))).isEqualTo(expected);
    }

    @Test
    void rememberedSignature_isStaleInTime() {
        assertThat(decide(alice.chat(NOW))).isInstanceOf(Granted.class);
        clock.advance(Duration.ofMinutes(5));
        assertThat(authenticator.authenticate(alice.chat(NOW))).isInstanceOf(Granted.class);
        clock.advance(Duration.ofSeconds(1));
        assertThat(code(authenticator.authenticate(alice.chat(NOW)))).isEqualTo(ErrorCode.STALE_SIGNATURE);
    }

    @Test
    void sameSignatureAgain_isNotCheckedAgain() {
        assertThat(authenticator.authenticate(alice.chat(NOW))).isInstanceOf(Later.class);
        assertThat(decide(alice.chat(NOW))).isInstanceOf(Granted.class);
        assertThat(authenticator.authenticate(alice.chat(NOW))).isInstanceOf(Granted.class);
        assertThat(authenticator.authenticate(alice.chat(NOW + 1))).isInstanceOf(Later.class);
    }

    @Test
    void revokedKey_isDeniedAtOnceThoughItsSignatureIsRemembered() throws Exception {
        assertThat(decide(alice.chat(NOW))).isInstanceOf(Granted.class);
        store.revoke("alice");
        live.replace(store.load());
        assertThat(code(authenticator.authenticate(alice.chat(NOW)))).isEqualTo(ErrorCode.REVOKED_KEY);
        assertThat(unknown).isEmpty();
    }

    @Test
    void expiredKey_isDenied() throws Exception {
        clock.advance(Duration.ofDays(1));
        assertThat(code(decide(alice.chat(NOW + 86_400)))).isEqualTo(ErrorCode.EXPIRED_KEY);
    }

    @Test
    void unregisteredKey_isReportedOnlyWhereItsOwnerSigned() {
        Signer bob = new Signer();
        TestRequest forged = new TestRequest()
                .line("POST", "/api/chat", "ts=" + NOW)
                .with("Authorization", bob.key().text() + goodValue().substring(68));
        assertThat(code(decide(forged))).isEqualTo(ErrorCode.UNKNOWN_KEY);
        assertThat(code(decide(bob.chat(NOW - 301)))).isEqualTo(ErrorCode.STALE_SIGNATURE);
        assertThat(unknown).isEmpty();
        AuthDecision decision = decide(bob.chat(NOW));
        assertThat(code(decision)).isEqualTo(ErrorCode.UNREGISTERED_KEY);
        assertThat(((Denied) decision).error().help()).matches("key=SHA256%3A([A-Za-z0-9]|%2B|%2F){43}");
        assertThat(unknown).containsExactly(bob.key());
        // Its signature is not remembered: strangers take no room.
        assertThat(authenticator.authenticate(bob.chat(NOW))).isInstanceOf(Later.class);
    }

    @Test
    void keyLetInMeanwhile_isGranted() throws Exception {
        Signer bob = new Signer();
        assertThat(code(decide(bob.chat(NOW)))).isEqualTo(ErrorCode.UNREGISTERED_KEY);
        KeyRecord key = store.register(new NewKey("bob", "user", null, LimitSet.NONE, access(bob.key())));
        live.replace(store.load());
        assertThat(decide(bob.chat(NOW))).isEqualTo(new Granted(new Principal(key.id(), "bob", "user")));
    }

    @ParameterizedTest
    @CsvSource({"X-API-Key", "api-key", "Authorization"})
    void twoCredentials_areDenied(String field) {
        TestRequest request = alice.chat(NOW).with(field, "Bearer crl_x");
        assertThat(code(authenticator.authenticate(request))).isEqualTo(ErrorCode.MALFORMED_KEY);
    }

    @Test
    void oneAddress_doesNotFillTheQueue() throws Exception {
        CountDownLatch hold = new CountDownLatch(1);
        CountDownLatch held = new CountDownLatch(1);
        InetAddress crowd = InetAddress.getByName("2001:db8::1");
        try (OllamaSignatureAuthenticator slow = new OllamaSignatureAuthenticator(live, clock, SKEW, 1, (key, from) -> {
            held.countDown();
            await(hold);
        })) {
            Signer bob = new Signer();
            AuthDecision first = slow.authenticate(bob.chat(NOW));
            assertThat(held.await(10, TimeUnit.SECONDS)).isTrue();
            List<AuthDecision> crowded = new ArrayList<>();
            for (int i = 0; i < 70; i++) {
                crowded.add(slow.authenticate(bob.chat(NOW + i).from(InetAddress.getByName("2001:db8::" + i))));
            }
            assertThat(crowded).filteredOn(Later.class::isInstance).hasSize(64);
            assertThat(crowded.subList(64, 70))
                    .allSatisfy(decision -> assertThat(code(decision)).isEqualTo(ErrorCode.OVERLOADED));
            assertThat(code(slow.authenticate(bob.chat(NOW).from(crowd)))).isEqualTo(ErrorCode.OVERLOADED);
            AuthDecision other = slow.authenticate(alice.chat(NOW).from(InetAddress.getByName("192.0.2.1")));
            hold.countDown();
            assertThat(settled(other)).isInstanceOf(Granted.class);
            assertThat(code(settled(first))).isEqualTo(ErrorCode.UNREGISTERED_KEY);
            crowded.forEach(AuthenticatorContract::settled);
            assertThat(slow.authenticate(bob.chat(NOW).from(crowd))).isInstanceOf(Later.class);
        }
    }

    @Test
    void requestsOfRegisteredKeys_doNotWaitBehindTheOthers() throws Exception {
        CountDownLatch hold = new CountDownLatch(1);
        try (OllamaSignatureAuthenticator slow =
                new OllamaSignatureAuthenticator(live, clock, SKEW, 1, (key, from) -> await(hold))) {
            Signer bob = new Signer();
            List<AuthDecision> crowded = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                crowded.add(slow.authenticate(bob.chat(NOW + i).from(InetAddress.getByName("192.0.2." + i % 200))));
            }
            assertThat(code(crowded.get(299))).isEqualTo(ErrorCode.OVERLOADED);
            // From where the crowd is, too.
            assertThat(settled(slow.authenticate(alice.chat(NOW).from(InetAddress.getByName("192.0.2.1")))))
                    .isInstanceOf(Granted.class);
            hold.countDown();
            crowded.forEach(AuthenticatorContract::settled);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void listenerThatThrows_doesNotLetAnybodyIn() {
        try (OllamaSignatureAuthenticator broken =
                new OllamaSignatureAuthenticator(live, clock, SKEW, 1, (key, from) -> {
                    throw new IllegalStateException("broken");
                })) {
            AuthDecision decision = broken.authenticate(new Signer().chat(NOW));
            assertThatThrownBy(() -> settled(decision)).hasRootCauseMessage("broken");
        }
    }
}
