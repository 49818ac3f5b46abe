package dev.corral.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.spi.AuthDecision;
import dev.corral.core.spi.AuthDecision.Denied;
import dev.corral.core.spi.AuthDecision.Granted;
import dev.corral.core.spi.AuthDecision.NotMine;
import dev.corral.core.spi.Authenticator;
import java.util.List;
import java.util.Random;
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

    private AuthDecision decide(String value) {
        return authenticator().authenticate(new TestRequest().with(field(), value));
    }

    @Test
    void goodCredential_isGranted() {
        assertThat(decide(goodValue())).isInstanceOf(Granted.class);
    }

    @Test
    void noCredential_isNotMine() {
        assertThat(authenticator().authenticate(new TestRequest())).isEqualTo(NotMine.INSTANCE);
    }

    @Test
    void credentialInForeignFields_isNotMine() {
        TestRequest request = new TestRequest()
                .with("Cookie", goodValue())
                .with("Proxy-Authorization", goodValue())
                .with("X-Forwarded-Authorization", goodValue())
                .with("X-Auth-Token", goodValue());
        assertThat(authenticator().authenticate(request)).isEqualTo(NotMine.INSTANCE);
    }

    @Test
    void emptyValue_isDenied() {
        assertThat(decide("")).isInstanceOf(Denied.class);
        assertThat(decide(" ")).isInstanceOf(Denied.class);
    }

    @Test
    void oversizedValue_isDenied() {
        assertThat(decide(goodValue() + "a".repeat(16_384))).isInstanceOf(Denied.class);
        assertThat(decide("a".repeat(16_384))).isInstanceOf(Denied.class);
    }

    @Test
    void identicalValueTwice_isDenied() {
        TestRequest request = new TestRequest().with(field(), goodValue()).with(field(), goodValue());
        assertThat(authenticator().authenticate(request)).isInstanceOf(Denied.class);
    }

    @Test
    void fuzzedValues_areDeniedAndNeverThrow() {
        Random random = new Random(SEED);
        Authenticator authenticator = authenticator();
        for (int i = 0; i < 20_000; i++) {
            String value = i % 2 == 0 ? noise(random) : mutated(goodValue(), random);
            if (!value.equals(goodValue())) {
                AuthDecision decision = authenticator.authenticate(new TestRequest().with(field(), value));
                assertThat(decision).as("round %d, seed %d", i, SEED).isInstanceOf(Denied.class);
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
