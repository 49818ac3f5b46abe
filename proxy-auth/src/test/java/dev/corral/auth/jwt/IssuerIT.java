package dev.corral.auth.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWK;
import dev.corral.auth.AuthenticatorContract;
import dev.corral.auth.TestClock;
import dev.corral.auth.TestRequest;
import dev.corral.auth.key.KeyRing;
import dev.corral.auth.key.LiveKeyRing;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.spi.AuthDecision;
import dev.corral.core.spi.AuthDecision.Denied;
import dev.corral.core.spi.AuthDecision.Granted;
import dev.corral.core.spi.AuthDecision.Later;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Issuers that are there, not there, slow, and not what they should be. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class IssuerIT {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final FetchTimes QUICK = new FetchTimes(
            Duration.ofMillis(700), Duration.ofSeconds(5), Duration.ofMillis(20), Duration.ofMillis(100));

    private final TestClock clock = new TestClock();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    private TestIssuer server(JWK... keys) throws IOException {
        TestIssuer server = new TestIssuer(keys);
        open.add(server);
        return server;
    }

    private static JwtIssuer settings(String issuer, @Nullable URI jwks, Duration refresh) {
        return new JwtIssuer(
                issuer,
                Signed.AUDIENCE,
                jwks,
                null,
                JwtIssuer.DEFAULTS.algorithms(),
                Duration.ofSeconds(60),
                "roles",
                Map.of(),
                "user",
                "name",
                null,
                refresh,
                Duration.ofHours(24));
    }

    private JwtAuthenticator authenticator(String issuer, @Nullable URI jwks, Duration refresh) {
        JwtIssuer settings = settings(issuer, jwks, refresh);
        JwtAuthenticator made = new JwtAuthenticator(List.of(settings), new LiveKeyRing(KeyRing.EMPTY), clock, QUICK);
        open.add(made);
        return made;
    }

    private static String token(TestIssuer server, JWK key) {
        JWSAlgorithm algorithm = key instanceof com.nimbusds.jose.jwk.RSAKey ? JWSAlgorithm.RS256 : JWSAlgorithm.ES256;
        return Signed.token(key, algorithm, Signed.claims().issuer(server.url()).jwtID(key.getKeyID()));
    }

    private static @Nullable ErrorCode ask(JwtAuthenticator authenticator, String token) {
        AuthDecision decision = authenticator.authenticate(new TestRequest().with("Authorization", "Bearer " + token));
        if (decision instanceof Later later) {
            decision = later.answer().toCompletableFuture().join();
        }
        assertThat(decision).isInstanceOfAny(Granted.class, Denied.class);
        return decision instanceof Denied denied ? denied.error().code() : null;
    }

    private static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    @Test
    void keys_areFoundByAskingTheIssuerWhereTheyAre() throws IOException {
        TestIssuer server = server(Signed.RSA, Signed.EC);
        JwtAuthenticator authenticator = authenticator(server.url(), null, HOUR);

        assertThat(ask(authenticator, token(server, Signed.RSA))).isNull();
        assertThat(ask(authenticator, token(server, Signed.EC))).isNull();
        assertThat(server.keysAsked).hasValue(1);
    }

    @Test
    void keys_areFetchedInTheBackgroundBeforeAnybodyComes() throws IOException {
        TestIssuer server = server(Signed.RSA);
        JwtAuthenticator authenticator = authenticator(server.url(), null, HOUR);
        authenticator.start();
        until(() -> server.keysAsked.get() == 1);

        until(() -> ask(authenticator, token(server, Signed.RSA)) == null);
        assertThat(server.keysAsked).hasValue(1);
    }

    @Test
    void issuerDownAtTheStart_tokensAreRefusedUntilItIsThere() throws IOException {
        TestIssuer server = server(Signed.RSA);
        server.answer(TestIssuer.BROKEN);
        JwtAuthenticator authenticator = authenticator(server.url(), null, HOUR);
        authenticator.start();
        String token = token(server, Signed.RSA);

        assertThat(ask(authenticator, token)).isEqualTo(ErrorCode.OVERLOADED);
        server.answer(TestIssuer.WELL);
        until(() -> ask(authenticator, token) == null);
    }

    @Test
    void nobodyListens_isNoneOfTheCallersFault() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        String url = "http://127.0.0.1:" + port;
        JwtAuthenticator authenticator = authenticator(url, null, HOUR);

        assertThat(ask(authenticator, Signed.token(Signed.claims().issuer(url))))
                .isEqualTo(ErrorCode.OVERLOADED);
        assertThatThrownBy(() -> new IssuerClient(Duration.ofSeconds(30), null).fetch(settings(url, null, HOUR)))
                .isInstanceOf(IssuerException.class)
                .hasMessage("127.0.0.1:" + port + " cannot be reached: connection refused");
    }

    @Test
    void issuerGoneAway_itsKeysHoldForADay() throws IOException {
        TestIssuer server = server(Signed.RSA);
        JwtAuthenticator authenticator = authenticator(server.url(), null, HOUR);
        assertThat(ask(authenticator, token(server, Signed.RSA))).isNull();
        server.answer(TestIssuer.BROKEN);

        clock.advance(Duration.ofHours(24));
        String later = Signed.token(Signed.claims()
                .issuer(server.url())
                .expirationTime(java.util.Date.from(TestClock.START.plus(Duration.ofDays(3)))));
        assertThat(ask(authenticator, later)).isNull();
        assertThat(authenticator.counts())
                .containsExactly(
                        new IssuerCounts(server.url(), 1, Duration.ofHours(24).toSeconds(), 1, 0));
        clock.advance(Duration.ofNanos(1));
        assertThat(ask(authenticator, later)).isEqualTo(ErrorCode.OVERLOADED);
        assertThat(authenticator.counts().get(0).keys()).isZero();
        assertThat(authenticator.counts().get(0).failed()).isEqualTo(1);
        server.answer(TestIssuer.WELL);
        clock.advance(Duration.ofSeconds(5));
        assertThat(ask(authenticator, later)).isNull();
    }

    @Test
    void rotatedKey_isFetchedByTheFirstTokenThatIsSignedWithIt() throws IOException {
        TestIssuer server = server(Signed.RSA);
        JwtAuthenticator authenticator = authenticator(server.url(), server.keysUri(), HOUR);
        String before = token(server, Signed.RSA);
        assertThat(ask(authenticator, before)).isNull();

        server.publish(Signed.OTHER_RSA);
        clock.advance(Duration.ofSeconds(5));
        assertThat(ask(authenticator, token(server, Signed.OTHER_RSA))).isNull();
        assertThat(server.keysAsked).hasValue(2);
        // What the issuer has withdrawn is not good any more, remembered or not.
        assertThat(ask(authenticator, before)).isEqualTo(ErrorCode.INVALID_TOKEN);
    }

    @Test
    void rotatedKey_isFetchedInTheBackgroundToo() throws IOException {
        TestIssuer server = server(Signed.RSA);
        JwtAuthenticator authenticator = authenticator(server.url(), server.keysUri(), Duration.ofMillis(50));
        authenticator.start();
        until(() -> server.keysAsked.get() >= 1);
        server.publish(Signed.OTHER_RSA);
        until(() -> ask(authenticator, token(server, Signed.OTHER_RSA)) == null);
    }

    @Test
    void tokensWithUnknownKeys_haveThemFetchedOnlySoOften() throws IOException {
        TestIssuer server = server(Signed.RSA);
        JwtAuthenticator authenticator = authenticator(server.url(), server.keysUri(), HOUR);
        assertThat(ask(authenticator, token(server, Signed.RSA))).isNull();

        for (int i = 0; i < 200; i++) {
            String strange = Signed.token(
                    Signed.OTHER_RSA,
                    new com.nimbusds.jose.JWSHeader.Builder(JWSAlgorithm.RS256)
                            .keyID("k" + i)
                            .build(),
                    Signed.claims().issuer(server.url()));
            assertThat(ask(authenticator, strange)).isEqualTo(ErrorCode.INVALID_TOKEN);
        }
        assertThat(server.keysAsked).hasValue(1);
        clock.advance(Duration.ofSeconds(5));
        assertThat(ask(authenticator, token(server, Signed.OTHER_RSA))).isEqualTo(ErrorCode.INVALID_TOKEN);
        assertThat(server.keysAsked).hasValue(2);
    }

    /** Each holds its request for as long. */
    @Test
    void tokensThatWaitForTheirIssuer_areBoundedByAddress() throws IOException {
        TestIssuer server = server(Signed.RSA);
        CountDownLatch asked = new CountDownLatch(1);
        server.answer((exchange, body) -> {
            try {
                assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            TestIssuer.WELL.answer(exchange, body);
        });
        JwtIssuer settings = settings(server.url(), server.keysUri(), HOUR);
        JwtAuthenticator authenticator = new JwtAuthenticator(
                List.of(settings),
                new LiveKeyRing(KeyRing.EMPTY),
                clock,
                new FetchTimes(Duration.ofSeconds(30), Duration.ofSeconds(5), HOUR, HOUR));
        open.add(authenticator);
        String token = token(server, Signed.RSA);
        List<AuthDecision> decisions = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            decisions.add(authenticate(authenticator, token, "192.0.2.1"));
        }
        decisions.add(authenticate(authenticator, token, "192.0.2.2"));

        assertThat(decisions.subList(0, 64)).hasOnlyElementsOfType(Later.class);
        assertThat(decisions.subList(64, 80))
                .allSatisfy(busy -> assertThat(((Denied) busy).error().code()).isEqualTo(ErrorCode.OVERLOADED));
        assertThat(decisions.get(80)).isInstanceOf(Later.class);
        asked.countDown();
        assertThat(decisions.stream().filter(Later.class::isInstance).map(AuthenticatorContract::settled))
                .hasOnlyElementsOfType(Granted.class);
    }

    private static AuthDecision authenticate(JwtAuthenticator authenticator, String token, String from)
            throws UnknownHostException {
        return authenticator.authenticate(
                new TestRequest().with("Authorization", "Bearer " + token).from(InetAddress.getByName(from)));
    }

    @Test
    void slowSilentHugeForeignOrMovedAnswers_areNoKeys() throws IOException {
        TestIssuer server = server(Signed.RSA);
        List<TestIssuer.Manner> manners = List.of(
                TestIssuer.HUGE, TestIssuer.HTML, TestIssuer.ELSEWHERE, TestIssuer.BROKEN, server.slow, server.silent);
        JwtAuthenticator authenticator = authenticator(server.url(), server.keysUri(), HOUR);
        for (TestIssuer.Manner manner : manners) {
            server.answer(manner);
            assertThat(ask(authenticator, token(server, Signed.RSA))).isEqualTo(ErrorCode.OVERLOADED);
            clock.advance(Duration.ofSeconds(5));
        }
        assertThat(server.keysAsked).hasValue(manners.size());
        server.answer(TestIssuer.WELL);
        assertThat(ask(authenticator, token(server, Signed.RSA))).isNull();
    }

    @Test
    void discoveryOfAnotherIssuerOrWithKeysInTheOpen_isRefused() throws IOException {
        TestIssuer server = server(Signed.RSA);
        JwtAuthenticator authenticator = authenticator(server.url(), null, HOUR);
        for (String document : List.of(
                "{\"issuer\":\"https://other.test\",\"jwks_uri\":\"" + server.keysUri() + "\"}",
                "{\"issuer\":\"" + server.url() + "/\",\"jwks_uri\":\"" + server.keysUri() + "\"}",
                "{\"jwks_uri\":\"" + server.keysUri() + "\"}",
                "{\"issuer\":\"" + server.url() + "\"}",
                "{\"issuer\":\"" + server.url() + "\",\"jwks_uri\":\"http://192.0.2.1/keys\"}",
                "{\"issuer\":\"" + server.url() + "\",\"jwks_uri\":\"file:///etc/passwd\"}",
                "[]",
                "")) {
            server.discovery(document);
            assertThat(ask(authenticator, token(server, Signed.RSA)))
                    .as(document)
                    .isEqualTo(ErrorCode.OVERLOADED);
            clock.advance(Duration.ofSeconds(5));
        }
        assertThat(server.keysAsked).hasValue(0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "https://other.test   | another issuer: https://other.test (expected: URL)",
                "https://other\\nline | another issuer: https://other?line (expected: URL)",
                "URL/                 | another issuer: URL/ (expected: URL; the slash at the end counts)",
            })
    void discoveryOfAnotherIssuer_namesBoth(String named, String message) throws IOException {
        TestIssuer server = server(Signed.RSA);
        server.discovery("{\"issuer\":\"" + named.replace("URL", server.url()) + "\",\"jwks_uri\":\"https://x\"}");
        JwtIssuer issuer = settings(server.url(), null, HOUR);
        assertThatThrownBy(() -> new IssuerClient(Duration.ofSeconds(4), null).fetch(issuer))
                .isInstanceOf(IssuerException.class)
                .hasMessageContaining(message.replace("URL", server.url()));
    }
}
