package dev.corral.auth.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import dev.corral.auth.TestClock;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenVerifierTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final TestClock clock = new TestClock();
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void endThread() {
        executor.shutdownNow();
    }

    static JwtIssuer issuer(SigningAlgorithm... algorithms) {
        JwtIssuer defaults = JwtIssuer.DEFAULTS;
        return new JwtIssuer(
                Signed.ISSUER,
                Signed.AUDIENCE,
                null,
                null,
                algorithms.length == 0 ? defaults.algorithms() : Set.of(algorithms),
                defaults.clockSkew(),
                "roles",
                Map.of("ollama-users", "user"),
                null,
                "preferred_username",
                null,
                defaults.refresh(),
                defaults.keysMaxAge());
    }

    /** Both steps; what the first one refuses, the second one would not let in either. */
    private record Steps(TokenVerifier verifier, IssuerSource source) {
        Verdict verify(String token) {
            Verdict look = verifier.look(token);
            Verdict verdict = verifier.verify(token, source);
            if (look instanceof Verdict.Plausible) {
                return verdict;
            }
            assertThat(verdict).isNotInstanceOf(Verdict.Good.class);
            return look;
        }
    }

    private Steps verifier(JwtIssuer issuer, JWK... keys) {
        String published = new JWKSet(List.of(keys)).toString(true);
        IssuerSource source =
                new IssuerSource(issuer, any -> IssuerKeys.parse(published), executor, FetchTimes.DEFAULTS, clock);
        var fetched = source.fetchSoon();
        assertThat(fetched).isNotNull();
        fetched.toCompletableFuture().join();
        return new Steps(new TokenVerifier(Map.of(Signed.ISSUER, source), clock), source);
    }

    private Verdict verify(String token) {
        return verifier(issuer(), Signed.RSA, Signed.EC, Signed.ED25519).verify(token);
    }

    private Verdict verify(JWTClaimsSet.Builder claims) {
        return verify(Signed.token(claims));
    }

    private static void assertBad(Verdict verdict, String reason) {
        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Verdict.Bad.class, bad -> assertThat(bad.reason()).contains(reason));
    }

    static Stream<Arguments> signatures() {
        return Stream.of(
                arguments(Signed.RSA, JWSAlgorithm.RS256),
                arguments(Signed.RSA, JWSAlgorithm.PS256),
                arguments(Signed.EC, JWSAlgorithm.ES256),
                arguments(Signed.ED25519, JWSAlgorithm.EdDSA));
    }

    @ParameterizedTest
    @MethodSource("signatures")
    void goodToken_namesItsBearer(JWK key, JWSAlgorithm algorithm) {
        Verdict verdict = verify(Signed.token(key, algorithm, Signed.claims()));

        assertThat(verdict).isInstanceOfSatisfying(Verdict.Good.class, good -> {
            assertThat(good.identity()).isEqualTo(new Identity(Signed.ISSUER, "u-4711", "alice", null, "user"));
            assertThat(Instant.ofEpochMilli(good.expiresMillis()))
                    .isEqualTo(TestClock.START.plus(Duration.ofMinutes(61)));
        });
    }

    @ParameterizedTest
    @MethodSource("signatures")
    void anyChangedPart_isRefused(JWK key, JWSAlgorithm algorithm) {
        String token = Signed.token(key, algorithm, Signed.claims());
        String other = Signed.token(key, algorithm, Signed.claims().subject("somebody-else"));
        String[] parts = token.split("\\.", -1);
        String[] others = other.split("\\.", -1);

        assertBad(verify(parts[0] + "." + others[1] + "." + parts[2]), "signature");
        assertBad(verify(parts[0] + "." + parts[1] + "." + others[2]), "signature");
        assertBad(verify(parts[0] + "." + parts[1] + "."), "");
        assertBad(verify(parts[0] + "." + parts[1] + "." + parts[2].substring(4)), "signature");
        assertBad(verify(parts[0] + "." + parts[1] + "." + Base64URL.encode(new byte[64])), "signature");
    }

    @Test
    void publicKeyAsSecretOfAnHmac_isRefused() throws GeneralSecurityException {
        String header = "{\"alg\":\"HS256\",\"kid\":\"rsa-1\"}";
        String claims = Signed.claims().build().toString();
        for (byte[] secret : List.of(
                Signed.RSA.toPublicJWK().toString().getBytes(StandardCharsets.UTF_8),
                encoded(Signed.RSA),
                Signed.RSA.getModulus().decode())) {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            String input = Base64URL.encode(header) + "." + Base64URL.encode(claims);
            byte[] code = mac.doFinal(input.getBytes(StandardCharsets.US_ASCII));

            assertBad(verify(Signed.raw(header, claims, code)), "algorithm");
        }
    }

    private static byte[] encoded(JWK key) {
        try {
            return key.toRSAKey().toPublicKey().getEncoded();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "None", "NONE", "nOnE", "HS256", "HS512", "RS1", "ES256K", "", "RS256 ", "rs256"})
    void otherAlgorithm_isRefused(String algorithm) {
        String header = "{\"alg\":\"" + algorithm + "\",\"kid\":\"rsa-1\"}";
        String claims = Signed.claims().build().toString();

        assertThat(verify(Signed.raw(header, claims, new byte[0]))).isInstanceOf(Verdict.Bad.class);
        assertThat(verify(Signed.raw(header, claims, new byte[256]))).isInstanceOf(Verdict.Bad.class);
    }

    @Test
    void algorithmThatIsNotConfigured_isRefusedThoughTheSignatureIsGood() {
        Steps verifier = verifier(issuer(SigningAlgorithm.ES256), Signed.RSA, Signed.EC);

        assertThat(verifier.verify(Signed.token(Signed.EC, JWSAlgorithm.ES256, Signed.claims())))
                .isInstanceOf(Verdict.Good.class);
        assertBad(verifier.verify(Signed.token(Signed.claims())), "algorithm");
        assertBad(verify(Signed.token(Signed.RSA, JWSAlgorithm.RS384, Signed.claims())), "algorithm");
    }

    @Test
    void keyOfAnotherKindUnderTheSameId_isNotUsed() {
        JWK rsa = Signed.rsa("shared", 2048);
        JWK ec = Signed.ec("shared", Curve.P_256);
        Steps verifier = verifier(issuer(), ec, Signed.RSA);

        assertThat(verifier.verify(Signed.token(rsa, JWSAlgorithm.RS256, Signed.claims())))
                .isInstanceOf(Verdict.UnknownKey.class);
        assertThat(verifier.verify(Signed.token(ec, JWSAlgorithm.ES256, Signed.claims())))
                .isInstanceOf(Verdict.Good.class);
    }

    @Test
    void keyForOtherThings_isNotUsed() {
        JWK encryption =
                new RSAKey.Builder(Signed.RSA).keyUse(KeyUse.ENCRYPTION).build();
        JWK forPss =
                new RSAKey.Builder(Signed.RSA).algorithm(JWSAlgorithm.PS256).build();

        assertThat(verifier(issuer(), encryption, Signed.EC).verify(Signed.token(Signed.claims())))
                .isInstanceOf(Verdict.UnknownKey.class);
        assertThat(verifier(issuer(), forPss).verify(Signed.token(Signed.claims())))
                .isInstanceOf(Verdict.UnknownKey.class);
        assertThat(verifier(issuer(), forPss).verify(Signed.token(Signed.RSA, JWSAlgorithm.PS256, Signed.claims())))
                .isInstanceOf(Verdict.Good.class);
    }

    @Test
    void tokenWithoutKeyId_isGoodOnlyWhereOneKeyFits() {
        JWSHeader header = new JWSHeader(JWSAlgorithm.RS256);
        String token = Signed.token(Signed.RSA, header, Signed.claims());

        assertThat(verifier(issuer(), Signed.RSA, Signed.EC).verify(token)).isInstanceOf(Verdict.Good.class);
        assertThat(verifier(issuer(), Signed.RSA, Signed.OTHER_RSA).verify(token))
                .isInstanceOf(Verdict.UnknownKey.class);
    }

    /** Whoever sends a token may put any key into it. */
    @Test
    void keyInTheToken_isNotUsed() {
        JWSHeader own = new JWSHeader.Builder(JWSAlgorithm.RS256)
                .jwk(Signed.OTHER_RSA.toPublicJWK())
                .jwkURL(URI.create("https://evil.test/keys"))
                .keyID("rsa-1")
                .build();

        assertBad(verify(Signed.token(Signed.OTHER_RSA, own, Signed.claims())), "signature");
    }

    @ParameterizedTest
    @ValueSource(strings = {"JWT", "jwt", "at+jwt", "application/at+jwt", "AT+JWT"})
    void typOfAnAccessOrIdToken_isTaken(String type) {
        JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.RS256)
                .type(new JOSEObjectType(type))
                .build();
        assertThat(verify(Signed.token(Signed.RSA, header, Signed.claims()))).isInstanceOf(Verdict.Good.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"logout+jwt", "dpop+jwt", "secevent+jwt", "JOSE", "x"})
    void tokenForSomethingElse_isRefused(String type) {
        JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.RS256)
                .type(new JOSEObjectType(type))
                .build();
        assertBad(verify(Signed.token(Signed.RSA, header, Signed.claims())), "typ");
    }

    @Test
    void criticalExtension_isRefused() {
        JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.RS256)
                .criticalParams(Set.of("cnf"))
                .customParam("cnf", "x")
                .build();
        assertBad(verify(Signed.token(Signed.RSA, header, Signed.claims())), "extensions");
    }

    /** RFC 7515 section 4.1.11: the list must not be empty. */
    @ParameterizedTest
    @ValueSource(strings = {"[]", "null", "[\"exp\"]", "\"x\""})
    void criticalExtensions_areRefusedWhateverTheyAre(String list) {
        String header =
                Base64URL.encode("{\"alg\":\"RS256\",\"crit\":" + list + "}").toString();
        String signed = Signed.token(Signed.claims());
        assertBad(verify(header + signed.substring(signed.indexOf('.'))), "extensions");
    }

    /** Decoders put the same replacement for all that is no text: several names would be one. */
    @ParameterizedTest
    @ValueSource(strings = {"v\\ud800", "\\udfffv", "v\\ufffd"})
    void subjectThatIsNoText_isRefused(String subject) {
        String signed = Signed.token(Signed.claims());
        String claims = Signed.claims().build().toString().replace("u-4711", subject);
        String header = signed.substring(0, signed.indexOf('.') + 1);
        assertBad(verify(header + Base64URL.encode(claims) + signed.substring(signed.lastIndexOf('.'))), "sub");
    }

    @Test
    void time_isJudgedWithTheAllowance() {
        Date early = Date.from(TestClock.START.minus(SECOND.multipliedBy(59)));
        Date tooEarly = Date.from(TestClock.START.minus(SECOND.multipliedBy(60)));
        Date soon = Date.from(TestClock.START.plus(SECOND.multipliedBy(60)));
        Date tooSoon = Date.from(TestClock.START.plus(SECOND.multipliedBy(61)));

        assertThat(verify(Signed.claims().expirationTime(early))).isInstanceOf(Verdict.Good.class);
        assertBad(verify(Signed.claims().expirationTime(tooEarly)), "expired");
        assertBad(verify(Signed.claims().expirationTime(null)), "no exp");
        assertThat(verify(Signed.claims().notBeforeTime(soon))).isInstanceOf(Verdict.Good.class);
        assertBad(verify(Signed.claims().notBeforeTime(tooSoon)), "future");
        assertBad(verify(Signed.claims().issueTime(tooSoon)), "future");
    }

    @Test
    void audience_mustContainOurs() {
        assertThat(verify(Signed.claims().audience(List.of("other", Signed.AUDIENCE))))
                .isInstanceOf(Verdict.Good.class);
        assertBad(verify(Signed.claims().audience("other\nline")), "its audience is other?line (expected: corral)");
        assertBad(verify(Signed.claims().audience(List.of())), "missing");
        assertBad(verify(Signed.claims().audience("Corral")), "audience");
        assertBad(verify(Signed.claims().audience("corral2")), "audience");
    }

    @Test
    void issuer_mustBeExactlyOurs() {
        assertBad(
                verify(Signed.claims().issuer("https://other.test")),
                "none of those that are configured (expected: " + Signed.ISSUER + ")");
        assertBad(verify(Signed.claims().issuer(null)), "none of those");
        assertBad(verify(Signed.claims().issuer(Signed.ISSUER + "/")), "a slash at the end");
        assertBad(verify(Signed.claims().issuer("HTTPS://LOGIN.TEST")), "none of those");
    }

    @Test
    void subject_mustBeThere() {
        assertBad(verify(Signed.claims().subject(null)), "sub");
        assertBad(verify(Signed.claims().subject("")), "sub");
        assertBad(verify(Signed.claims().subject("x".repeat(256))), "sub");
    }

    @Test
    void noRoleForTheBearer_isRefused() {
        assertBad(verify(Signed.claims().claim("roles", List.of("staff"))), "claim roles");
        assertBad(verify(Signed.claims().claim("roles", Map.of("ollama-users", true))), "claim roles");
        assertThat(verify(Signed.claims().claim("roles", "ollama-users"))).isInstanceOf(Verdict.Good.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a.b.c",
                "..",
                "e30.e30.e30",
                "e30..",
                "eyJhbGciOiJSUzI1NiJ9.bnVsbA.AA",
                "eyJhbGciOiJSUzI1NiJ9.W10.AA",
                "bnVsbA.e30.AA",
                "W10.e30.AA",
                "eyJhbGciOm51bGx9.e30.AA",
                "eyJhbGciOjF9.e30.AA"
            })
    void noTokenAtAll_isRefused(String text) {
        assertThat(verify(text)).isInstanceOf(Verdict.Bad.class);
    }

    /** What costs nothing to write must cost little to refuse. */
    @Test
    void tokenThatIsWrongAtAGlance_isRefusedBeforeItsSignatureIsLookedAt() {
        TokenVerifier verifier = verifier(issuer(), Signed.RSA).verifier();
        String header = "{\"alg\":\"RS256\",\"kid\":\"rsa-1\"}";
        String claims = Signed.claims().build().toString();
        byte[] junk = new byte[256];

        assertThat(verifier.look(Signed.raw(header, claims, junk)))
                .isInstanceOfSatisfying(
                        Verdict.Plausible.class,
                        plausible -> assertThat(plausible.subject()).isEqualTo("u-4711"));
        assertThat(verifier.look(Signed.raw("{\"alg\":\"RS256\",\"kid\":\"rsa-2\"}", claims, junk)))
                .isInstanceOf(Verdict.UnknownKey.class);
        assertBad(verifier.look(Signed.raw("{\"alg\":\"HS256\",\"kid\":\"rsa-1\"}", claims, junk)), "algorithm");
        assertBad(verifier.look(raw(header, Signed.claims().issuer("https://other.test"))), "none of those");
        assertBad(verifier.look(raw(header, Signed.claims().expirationTime(Date.from(Instant.EPOCH)))), "expired");
        assertBad(verifier.look(raw(header, Signed.claims().subject(null))), "sub");
        assertBad(
                verifier.look(Signed.raw("{\"x\":[1" + ",1".repeat(300) + "]," + header.substring(1), claims, junk)),
                "");
        assertBad(verifier.look(Signed.raw(header, claims + claims, junk)), "");
    }

    private static String raw(String header, JWTClaimsSet.Builder claims) {
        return Signed.raw(header, claims.build().toString(), new byte[256]);
    }

    @Test
    void claimsOfOddTypes_areRefusedAndThrowNothing() {
        for (String claims : List.of(
                "{\"iss\":[\"" + Signed.ISSUER + "\"]}",
                "{\"iss\":\"" + Signed.ISSUER + "\",\"exp\":\"never\"}",
                "{\"iss\":\"" + Signed.ISSUER + "\",\"exp\":1e400}",
                "{\"iss\":\"" + Signed.ISSUER + "\",\"aud\":{}}",
                "[".repeat(3000))) {
            assertThat(verify(Signed.raw("{\"alg\":\"RS256\",\"kid\":\"rsa-1\"}", claims, new byte[256])))
                    .as(claims)
                    .isInstanceOf(Verdict.Bad.class);
        }
    }
}
