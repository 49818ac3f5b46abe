package dev.corral.auth.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.auth.AuthenticatorContract;
import dev.corral.auth.TestClock;
import dev.corral.auth.TestRequest;
import dev.corral.auth.key.KeyRing;
import dev.corral.auth.key.KeyStore;
import dev.corral.auth.key.KeyStoreException;
import dev.corral.auth.key.LiveKeyRing;
import dev.corral.auth.key.NewKey;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.spi.AuthDecision;
import dev.corral.core.spi.AuthDecision.Denied;
import dev.corral.core.spi.AuthDecision.Granted;
import dev.corral.core.spi.AuthDecision.NotMine;
import dev.corral.core.spi.Authenticator;
import dev.corral.core.spi.Principal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JwtAuthenticatorTest extends AuthenticatorContract {
    private static final String GOOD = "Bearer " + Signed.token(Signed.claims());

    @TempDir
    private Path directory;

    private final TestClock clock = new TestClock();
    private final LiveKeyRing ring = new LiveKeyRing(KeyRing.EMPTY);
    private final List<AutoCloseable> open = new ArrayList<>();
    private final TestIssuer server = issuer();
    private final JwtAuthenticator authenticator = authenticator("user", null);

    private static TestIssuer issuer() {
        try {
            return new TestIssuer(Signed.RSA);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private JwtAuthenticator authenticator(String role, @Nullable String keyClaim) {
        JwtIssuer defaults = JwtIssuer.DEFAULTS;
        JwtIssuer issuer = new JwtIssuer(
                Signed.ISSUER,
                Signed.AUDIENCE,
                server.keysUri(),
                null,
                defaults.algorithms(),
                defaults.clockSkew(),
                "roles",
                Map.of("ollama-users", role),
                null,
                "preferred_username",
                keyClaim,
                defaults.refresh(),
                defaults.keysMaxAge());
        JwtAuthenticator made = new JwtAuthenticator(List.of(issuer), ring, clock);
        open.add(made);
        return made;
    }

    @BeforeEach
    void fetchKeys() {
        assertThat(decide(authenticator, goodValue())).isInstanceOf(Granted.class);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
        server.close();
    }

    @Override
    public Authenticator authenticator() {
        return authenticator;
    }

    /** A token is what has two dots, whatever is between them. */
    @Override
    public boolean recognised(String value) {
        return BearerToken.of(new TestRequest().with("Authorization", value)) != BearerToken.Absent.INSTANCE;
    }

    private static AuthDecision decide(JwtAuthenticator authenticator, String value) {
        return settled(authenticator.authenticate(new TestRequest().with("Authorization", value)));
    }

    private static Principal granted(AuthDecision decision) {
        assertThat(decision).isInstanceOf(Granted.class);
        return ((Granted) decision).principal();
    }

    private static ErrorCode denied(AuthDecision decision) {
        assertThat(decision).isInstanceOf(Denied.class);
        return ((Denied) decision).error().code();
    }

    @Override
    public String field() {
        return "Authorization";
    }

    @Override
    public String goodValue() {
        return GOOD;
    }

    @Override
    public List<String> secrets() {
        return List.of(GOOD.substring(7), GOOD.substring(GOOD.lastIndexOf('.')));
    }

    @Test
    void ownKeyOrPlaceholder_isNotMine() {
        for (String value : List.of(
                "Bearer crl_a.b.c", "Bearer ollama", "Bearer a.b", "Bearer a.b.c.d.e", "Basic a.b.c", "a.b.c", "")) {
            assertThat(authenticator.authenticate(new TestRequest().with("Authorization", value)))
                    .as(value)
                    .isEqualTo(NotMine.INSTANCE);
        }
        assertThat(authenticator.authenticate(new TestRequest().with("X-API-Key", GOOD.substring(7))))
                .isEqualTo(NotMine.INSTANCE);
    }

    @Test
    void tokenBesideAnotherCredential_isDenied() {
        assertThat(denied(authenticator.authenticate(
                        new TestRequest().with("Authorization", GOOD).with("X-API-Key", "x"))))
                .isEqualTo(ErrorCode.MALFORMED_KEY);
        assertThat(denied(authenticator.authenticate(
                        new TestRequest().with("Authorization", GOOD).with("api-key", ""))))
                .isEqualTo(ErrorCode.MALFORMED_KEY);
        assertThat(denied(authenticator.authenticate(
                        new TestRequest().with("Authorization", GOOD).pathToken("crl_x"))))
                .isEqualTo(ErrorCode.MALFORMED_KEY);
        assertThat(denied(authenticator.authenticate(
                        new TestRequest().with("Authorization", "Bearer x").with("Authorization", GOOD))))
                .isEqualTo(ErrorCode.MALFORMED_KEY);
    }

    @Test
    void tokenThatWasVerified_isKnownWithoutVerifyingUntilItExpires() {
        TestRequest request = new TestRequest().with("Authorization", GOOD);
        assertThat(authenticator.authenticate(request)).isInstanceOf(Granted.class);

        clock.advance(Duration.ofMinutes(61).minusMillis(1));
        assertThat(authenticator.authenticate(request)).isInstanceOf(Granted.class);
        clock.advance(Duration.ofMillis(1));
        assertThat(denied(settled(authenticator.authenticate(request)))).isEqualTo(ErrorCode.INVALID_TOKEN);
    }

    @Test
    void guest_hasAnIdOfItsOwnThatStays() {
        Principal alice = granted(decide(authenticator, GOOD));
        Principal again = granted(decide(authenticator, bearer("u-4711", "Alice Renamed")));
        Principal bob = granted(decide(authenticator, bearer("u-4712", "alice")));

        assertThat(alice).isEqualTo(new Principal(alice.keyId(), "alice", "user"));
        assertThat(alice.keyId()).matches("[0-9A-Za-z]{8}");
        assertThat(again).isEqualTo(new Principal(alice.keyId(), "Alice Renamed", "user"));
        assertThat(bob.keyId()).isNotEqualTo(alice.keyId());
    }

    @Test
    void oddName_isShownAsFarAsItCanBeShown() {
        assertThat(granted(decide(authenticator, bearer("a", "x\ny\u0000\u202Ez")))
                        .keyName())
                .isEqualTo("x_y__z");
        assertThat(granted(decide(authenticator, bearer("a", "n".repeat(500)))).keyName())
                .hasSize(64);
        assertThat(granted(decide(authenticator, bearer("a", " "))).keyName()).isEqualTo("_");
        assertThat(granted(decide(authenticator, bearer("a", null))).keyName()).isEqualTo("a");
    }

    @Test
    void addressThatTheIssuerHasNotVerified_isNoNameOfAKey() throws KeyStoreException {
        JwtAuthenticator byMail = authenticator("user", "email");
        KeyStore store = new KeyStore(directory.resolve("keys.json"), clock);
        store.create(new NewKey("alice@lab.test", "admin", null));
        ring.replace(store.load());

        assertThat(granted(decide(byMail, mail(true))).role()).isEqualTo("admin");
        for (Object verified : new Object[] {false, "true", null}) {
            assertThat(granted(decide(byMail, mail(verified))).role()).isEqualTo("user");
        }
    }

    private static String mail(@Nullable Object verified) {
        return "Bearer "
                + Signed.token(Signed.claims().claim("email", "alice@lab.test").claim("email_verified", verified));
    }

    private static String bearer(String subject, @Nullable String name) {
        return "Bearer " + Signed.token(Signed.claims().subject(subject).claim("preferred_username", name));
    }

    @Test
    void keyRecordOfTheNameInTheToken_holdsAndItsRevocationDoesAtOnce() throws KeyStoreException {
        JwtAuthenticator byKey = authenticator("user", "preferred_username");
        String guest = granted(decide(byKey, GOOD)).keyId();
        KeyStore store = new KeyStore(directory.resolve("keys.json"), clock);
        store.create(new NewKey("alice", "admin", Duration.ofMinutes(30)));
        ring.replace(store.load());

        Principal alice = granted(byKey.authenticate(new TestRequest().with("Authorization", GOOD)));
        assertThat(alice.role()).isEqualTo("admin");
        assertThat(alice.keyId())
                .isEqualTo(Objects.requireNonNull(store.load().byName("alice")).id())
                .isNotEqualTo(guest);
        // Not by a claim that nobody said is one.
        assertThat(granted(decide(authenticator, GOOD)).role()).isEqualTo("user");

        clock.advance(Duration.ofMinutes(30));
        assertThat(denied(decide(byKey, GOOD))).isEqualTo(ErrorCode.EXPIRED_KEY);
        store.revoke("alice");
        ring.replace(store.load());
        assertThat(denied(decide(byKey, GOOD))).isEqualTo(ErrorCode.REVOKED_KEY);
        assertThat(granted(decide(byKey, bearer("u-9", "bob"))).role()).isEqualTo("user");
    }
}
