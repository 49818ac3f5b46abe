package dev.corral.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.spi.AuthDecision;
import dev.corral.core.spi.AuthDecision.Denied;
import dev.corral.core.spi.AuthDecision.Granted;
import dev.corral.core.spi.AuthDecision.Later;
import dev.corral.core.spi.AuthDecision.NotMine;
import dev.corral.core.spi.Authenticator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What every {@link Authenticator} keeps to, whatever its scheme. */
public abstract class AuthenticatorContract {
    private static final long SEED = 20_261_122;

    /** One that grants {@link #goodValue}. */
    public abstract Authenticator authenticator();

    /** The field that carries the credential. */
    public abstract String field();

    /** A value of the field that is granted. */
    public abstract String goodValue();

    /** Texts that must not appear in anything printable. */
    public abstract List<String> secrets();

    /** A request without a credential, of which {@link #goodValue} makes a good one. */
    public TestRequest request() {
        return new TestRequest();
    }

    /** Whether a bad value is this scheme's to deny; another scheme's otherwise. */
    public boolean recognised(String value) {
        return true;
    }

    /** What a decision comes to, once it is there. */
    public static AuthDecision settled(AuthDecision decision) {
        return decision instanceof Later later
                ? later.answer()
                        .toCompletableFuture()
                        .orTimeout(10, TimeUnit.SECONDS)
                        .join()
                : decision;
    }

    private AuthDecision decide(String value) {
        return settled(authenticator().authenticate(request().with(field(), value)));
    }

    private void assertNotLetIn(AuthDecision decision, String value, String about) {
        if (recognised(value)) {
            assertThat(decision).as(about).isInstanceOf(Denied.class);
        } else {
            assertThat(decision).as(about).isEqualTo(NotMine.INSTANCE);
        }
    }

    private void assertNotLetIn(String value) {
        assertNotLetIn(decide(value), value, "a bad value");
    }

    @Test
    void goodCredential_isGranted() {
        assertThat(decide(goodValue())).isInstanceOf(Granted.class);
    }

    @Test
    void noCredential_isNotMine() {
        assertThat(authenticator().authenticate(request())).isEqualTo(NotMine.INSTANCE);
    }

    @Test
    void credentialInForeignFields_isNotMine() {
        TestRequest request = request()
                .with("Cookie", goodValue())
                .with("Proxy-Authorization", goodValue())
                .with("X-Forwarded-Authorization", goodValue())
                .with("X-Auth-Token", goodValue());
        assertThat(authenticator().authenticate(request)).isEqualTo(NotMine.INSTANCE);
    }

    @Test
    void emptyValue_isNotLetIn() {
        assertNotLetIn("");
        assertNotLetIn(" ");
    }

    @Test
    void oversizedValue_isNotLetIn() {
        assertNotLetIn(goodValue() + "a".repeat(16_384));
        assertNotLetIn("a".repeat(16_384));
    }

    @Test
    void identicalValueTwice_isDenied() {
        TestRequest request = request().with(field(), goodValue()).with(field(), goodValue());
        assertThat(authenticator().authenticate(request)).isInstanceOf(Denied.class);
    }

    @Test
    void fuzzedValues_areNotLetInAndNeverThrow() {
        Random random = new Random(SEED);
        Authenticator authenticator = authenticator();
        // Made once: a signature takes a millisecond.
        String good = goodValue();
        for (int i = 0; i < 20_000; i++) {
            String value = i % 2 == 0 ? noise(random) : mutated(good, random);
            if (!value.equals(good)) {
                AuthDecision decision =
                        settled(authenticator.authenticate(request().with(field(), value)));
                assertNotLetIn(decision, value, "round " + i + ", seed " + SEED);
            }
        }
    }

    @Test
    void nothingPrintable_showsASecret() {
        String printed = authenticator() + " " + decide(goodValue()) + " " + decide(goodValue() + "x");
        assertThat(secrets())
                .isNotEmpty()
                .allSatisfy(secret -> assertThat(printed).doesNotContain(secret));
    }

    private static String noise(Random random) {
        StringBuilder noise = new StringBuilder();
        int length = random.nextInt(random.nextInt(10) == 0 ? 2000 : 80);
        for (int i = 0; i < length; i++) {
            noise.append((char) (random.nextInt(4) == 0 ? random.nextInt(0x10000) : 32 + random.nextInt(95)));
        }
        return noise.toString();
    }

    /** One edit anywhere but in the letter case of a scheme's name, which means nothing. */
    private static String mutated(String value, Random random) {
        int scheme = value.indexOf(' ') + 1;
        int at = scheme + random.nextInt(value.length() - scheme);
        char c = (char) (random.nextInt(3) == 0 ? random.nextInt(0x10000) : 33 + random.nextInt(94));
        String before = value.substring(0, at);
        return switch (random.nextInt(4)) {
            case 0 -> before + c + value.substring(at + 1);
            case 1 -> before + value.substring(at + 1);
            case 2 -> before + 'z' + c + value.substring(at);
            default -> before;
        };
    }
}
