package dev.corral.auth.key;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.auth.TestRequest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialsTest {
    private static final String KEY = new KeyMint().secret("aB3dE6gH").text();

    private static Credentials of(String field, String value) {
        return Credentials.of(new TestRequest().with(field, value.replace("KEY", KEY)));
    }

    private static String basic(String userAndPassword) {
        return Base64.getEncoder()
                .encodeToString(userAndPassword.replace("KEY", KEY).getBytes(StandardCharsets.UTF_8));
    }

    private static void assertKey(Credentials credentials) {
        assertThat(credentials)
                .isInstanceOfSatisfying(
                        Credentials.Presented.class,
                        presented -> assertThat(new String(presented.key().ascii(), StandardCharsets.US_ASCII))
                                .isEqualTo(KEY));
    }

    @ParameterizedTest
    @CsvSource({
        "Authorization, Bearer KEY",
        "authorization, bearer KEY",
        "AUTHORIZATION, BEARER KEY",
        "Authorization, bEaReR    KEY",
        "X-API-Key, KEY",
        "x-api-key, KEY",
        "api-key, KEY",
        "Api-Key, KEY"
    })
    void keyInItsField_isFound(String field, String value) {
        assertKey(of(field, value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"alice:KEY", ":KEY", "j\u00FCrgen:KEY", "a b c:KEY"})
    void keyAsBasicPassword_isFoundWhoeverTheUser(String userAndPassword) {
        assertKey(of("Authorization", "Basic " + basic(userAndPassword)));
        assertKey(of("Authorization", "bASIC " + basic(userAndPassword)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"KEY", "KEY:", "alice:KEY:", "alice:x:KEY", "alice: KEY", "alice:KEY\n", "alice", ""})
    void basicWithoutTheKeyAsPassword_isMalformed(String userAndPassword) {
        assertThat(of("Authorization", "Basic " + basic(userAndPassword))).isEqualTo(Credentials.Malformed.INSTANCE);
    }

    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "Authorization,KEY",
                "Authorization,Bearer",
                "Authorization,Bearer ",
                "Authorization,BearerKEY",
                "Authorization,Bearer\tKEY",
                "Authorization, Bearer KEY",
                "Authorization,Bearer KEY ",
                "Authorization,Bearer KEY x",
                "Authorization,'Bearer KEY, Bearer KEY'",
                "Authorization,Bearer \u00A0KEY",
                "Authorization,Bearer \"KEY\"",
                "Authorization,Bearer KEY\u0000",
                "Authorization,Bear\u00E9r KEY",
                // case folding must not reach beyond ASCII: long s and Kelvin sign
                "Authorization,Ba\u017Fic YTpi",
                "Authorization,Token KEY",
                "Authorization,Digest KEY",
                "Authorization,Basic !!!!",
                "Authorization,Basic YTpi=",
                "Authorization,Basic ====",
                "Authorization,Basic ",
                "X-API-Key,Bearer KEY",
                "X-API-Key, KEY",
                "X-API-Key,'KEY,KEY'",
                "api-key,''"
            })
    void anythingElse_isMalformed(String field, String value) {
        assertThat(of(field, value)).isEqualTo(Credentials.Malformed.INSTANCE);
    }

    @Test
    void twoCredentials_areMalformedEvenWhereBothAreTheSameKey() {
        TestRequest request =
                new TestRequest().with("Authorization", "Bearer " + KEY).with("X-API-Key", KEY);
        assertThat(Credentials.of(request)).isEqualTo(Credentials.Malformed.INSTANCE);
        request = new TestRequest().with("X-API-Key", KEY).with("api-key", "");
        assertThat(Credentials.of(request)).isEqualTo(Credentials.Malformed.INSTANCE);
        request = new TestRequest().with("api-key", KEY).with("api-key", KEY);
        assertThat(Credentials.of(request)).isEqualTo(Credentials.Malformed.INSTANCE);
    }

    @Test
    void keyInThePath_isFound() {
        assertKey(Credentials.of(new TestRequest().pathToken(KEY)));
        assertThat(Credentials.of(new TestRequest().pathToken(""))).isEqualTo(Credentials.Malformed.INSTANCE);
        assertThat(Credentials.of(new TestRequest().pathToken(KEY + "x"))).isEqualTo(Credentials.Malformed.INSTANCE);
        assertThat(Credentials.of(new TestRequest().pathToken("Bearer_" + KEY)))
                .isEqualTo(Credentials.Malformed.INSTANCE);
    }

    @Test
    void keyInThePathAndAField_isFoundOnlyWhereItIsTheSame() {
        String other = new KeyMint().secret("aB3dE6gH").text();
        assertKey(Credentials.of(new TestRequest().pathToken(KEY).with("X-API-Key", KEY)));
        assertKey(Credentials.of(new TestRequest().pathToken(KEY).with("Authorization", "Bearer " + KEY)));
        for (String value : new String[] {other, "", "x", "Bearer " + KEY}) {
            assertThat(Credentials.of(new TestRequest().pathToken(KEY).with("api-key", value)))
                    .as(value)
                    .isEqualTo(Credentials.Malformed.INSTANCE);
            assertThat(Credentials.of(new TestRequest().pathToken(value).with("api-key", KEY)))
                    .as(value)
                    .isEqualTo(Credentials.Malformed.INSTANCE);
        }
        TestRequest thrice =
                new TestRequest().pathToken(KEY).with("api-key", KEY).with("X-API-Key", KEY);
        assertThat(Credentials.of(thrice)).isEqualTo(Credentials.Malformed.INSTANCE);
    }

    /** {@code ollama launch claude} sends it, whatever OLLAMA_HOST is. */
    @Test
    void keyInThePathBesideAPlaceholder_isFound() {
        assertKey(Credentials.of(new TestRequest().pathToken(KEY).with("Authorization", "Bearer ollama")));
        TestRequest wrong = new TestRequest().pathToken(KEY + "x").with("Authorization", "Bearer ollama");
        assertThat(Credentials.of(wrong)).isEqualTo(Credentials.Malformed.INSTANCE);
    }

    @Test
    void longBasicUser_isMalformedWithoutBeingDecoded() {
        assertThat(of("Authorization", "Basic " + basic("u".repeat(1000) + ":KEY")))
                .isEqualTo(Credentials.Malformed.INSTANCE);
    }

    @Test
    void base64_agreesWithTheJdkOnRandomBytes() {
        Random random = new Random(3);
        for (int length = 1; length < 200; length++) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            String text = Base64.getEncoder().encodeToString(bytes);
            assertThat(Base64Text.decode("Basic " + text, 6)).isEqualTo(bytes);
            assertThat(Base64Text.decode(text.substring(1), 0)).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"YR==", "YWJ=", "Y===", "=aaa", "a=aa", "aa=a", "YQ", "YQ=", "YW Jj", "YWJ-", "\u0159WJj"})
    void base64WithLooseEnds_isRefused(String text) {
        assertThat(Base64Text.decode(text, 0)).isNull();
    }

    @Test
    void presented_showsNoSecret() {
        String secret = Arrays.asList(KEY.split("_")).get(2);
        assertThat(of("X-API-Key", KEY).toString()).doesNotContain(secret);
    }

    @ParameterizedTest
    @CsvSource({
        "Authorization, Bearer ollama",
        "Authorization, bearer   OLLAMA",
        "Authorization, Bearer ollama-local",
        "Authorization, ollama",
        "X-API-Key, ollama",
        "X-API-Key, dummy",
        "api-key, Not-Needed",
    })
    void placeholder_isToldApart(String field, String value) {
        assertThat(of(field, value)).isEqualTo(Credentials.Placeholder.INSTANCE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Bearer ollama2", "Bearer ollama ollama", "Basic ollama", "Bearer", "Bearer ", "crl_ollama"})
    void whatOnlyLooksLikeOne_isMalformed(String value) {
        assertThat(of("Authorization", value)).isEqualTo(Credentials.Malformed.INSTANCE);
    }

    @Test
    void placeholderBesideAKey_isMalformed() {
        TestRequest request =
                new TestRequest().with("Authorization", "Bearer ollama").with("X-API-Key", KEY);
        assertThat(Credentials.of(request)).isEqualTo(Credentials.Malformed.INSTANCE);
    }
}
