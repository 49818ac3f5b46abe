package dev.corral.auth.jwt;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tokens that look good and are not, as many as somebody likes to write. */
class JunkTokensTest {
    private static final int ATTACKERS = 8;
    private static final int BATCH = 400;

    private final TestClock clock = new TestClock();
    private final List<Thread> attackers = new ArrayList<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicLong sent = new AtomicLong();
    private TestIssuer server;
    private JwtAuthenticator authenticator;

    @BeforeEach
    void start() throws IOException {
        server = new TestIssuer(Signed.RSA);
        JwtIssuer defaults = JwtIssuer.DEFAULTS;
        authenticator = new JwtAuthenticator(
                List.of(new JwtIssuer(
                        Signed.ISSUER,
                        Signed.AUDIENCE,
                        server.keysUri(),
                        null,
                        defaults.algorithms(),
                        defaults.clockSkew(),
                        "roles",
                        Map.of(),
                        "user",
                        "name",
                        null,
                        defaults.refresh(),
                        defaults.keysMaxAge())),
                new LiveKeyRing(KeyRing.EMPTY),
                clock);
        assertThat(ask("first", "198.51.100.1")).isInstanceOf(Granted.class);
    }

    @AfterEach
    void stop() throws InterruptedException {
        over.set(true);
        for (Thread attacker : attackers) {
            attacker.join();
        }
        authenticator.close();
        server.close();
    }

    private AuthDecision ask(String subject, String from) throws UnknownHostException {
        return AuthenticatorContract.settled(
                authenticate(Signed.token(Signed.claims().subject(subject)), from));
    }

    private AuthDecision authenticate(String token, String from) throws UnknownHostException {
        return authenticator.authenticate(
                new TestRequest().with("Authorization", "Bearer " + token).from(InetAddress.getByName(from)));
    }

    /** Sends token after token of the right issuer, kind and key, and waits for answers only so that memory suffices. */
    private void attack(String from) {
        try {
            String claims = Signed.claims().subject("nobody").build().toString();
            byte[] junk = new byte[256];
            for (int round = 0; !over.get(); round++) {
                List<AuthDecision> answers = new ArrayList<>();
                for (int i = 0; i < BATCH; i++) {
                    junk[1] = (byte) i;
                    junk[2] = (byte) (i >> 8);
                    junk[3] = (byte) round;
                    String token = Signed.raw("{\"alg\":\"RS256\",\"kid\":\"rsa-1\"}", claims, junk);
                    answers.add(authenticate(token, from));
                    sent.incrementAndGet();
                }
                answers.forEach(answer ->
                        assertThat(AuthenticatorContract.settled(answer)).isInstanceOf(Denied.class));
            }
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private void attack() {
        for (int i = 1; i <= ATTACKERS; i++) {
            String from = "192.0.2." + i;
            Thread attacker = new Thread(() -> attack(from), "attacker-" + i);
            attackers.add(attacker);
            attacker.start();
        }
        while (sent.get() < ATTACKERS * BATCH) {
            Thread.onSpinWait();
        }
    }

    @Test
    void junkFromEightAddresses_keepsNobodyOutWhoComesForTheFirstTime() throws UnknownHostException {
        attack();
        for (int i = 2; i < 52; i++) {
            assertThat(ask("user-" + i, "198.51.100." + i)).as("user-%s", i).isInstanceOf(Granted.class);
        }
    }

    @Test
    void junkFromTheAddressOfOneWhoIsKnown_doesNotHinderTheirNextToken() throws UnknownHostException {
        assertThat(ask("alice", "192.0.2.1")).isInstanceOf(Granted.class);
        attack();
        for (int i = 0; i < 50; i++) {
            String next = Signed.token(Signed.claims().subject("alice").jwtID("t" + i));
            assertThat(AuthenticatorContract.settled(authenticate(next, "192.0.2.1")))
                    .as("token %s", i)
                    .isInstanceOf(Granted.class);
        }
    }

    @Test
    void manyRequestsAtOnceWithTheNextToken_areAllLetIn() throws UnknownHostException {
        assertThat(ask("alice", "192.0.2.1")).isInstanceOf(Granted.class);
        String next = Signed.token(Signed.claims().subject("alice").jwtID("next"));
        List<AuthDecision> decisions = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            decisions.add(authenticate(next, "192.0.2.1"));
        }
        assertThat(decisions.stream().map(AuthenticatorContract::settled)).hasOnlyElementsOfType(Granted.class);
    }

    @Test
    void tokenThatIsWrongAtAGlance_isAnsweredAtOnceLikeAnyOther() throws UnknownHostException {
        String claims = Signed.claims().issuer("https://other.test").build().toString();
        AuthDecision wrongIssuer =
                authenticate(Signed.raw("{\"alg\":\"RS256\",\"kid\":\"rsa-1\"}", claims, new byte[256]), "192.0.2.1");
        AuthDecision wrongSignature = authenticate(
                Signed.raw(
                        "{\"alg\":\"RS256\",\"kid\":\"rsa-1\"}",
                        Signed.claims().build().toString(),
                        new byte[256]),
                "192.0.2.1");

        assertThat(wrongSignature).isInstanceOf(Later.class);
        assertThat(wrongIssuer).isEqualTo(AuthenticatorContract.settled(wrongSignature));
        assertThat(((Denied) wrongIssuer).error().code()).isEqualTo(ErrorCode.INVALID_TOKEN);
    }
}
