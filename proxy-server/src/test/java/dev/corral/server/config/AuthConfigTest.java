package dev.corral.server.config;

import static dev.corral.server.config.Configs.problems;
import static dev.corral.server.config.Configs.warnings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.corral.auth.jwt.JwtIssuer;
import dev.corral.auth.jwt.SigningAlgorithm;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AuthConfigTest {
    private static final String ISSUER = "auth: {jwt: [{issuer: https://login.lab, audience: corral";

    @Test
    void everySettingOfAnIssuer_isRead() {
        AuthSettings auth = Configs.valid("""
                        auth:
                          jwt:
                            - issuer: https://login.lab/realms/lab/
                              audience: corral
                              jwks: https://keys.lab/certs
                              ca-file: /etc/corral/campus-ca.pem
                              algorithms: [ES256, EdDSA]
                              clock-skew: 5s
                              role-claim: realm_access.roles
                              roles: {gpu-admins: admin, staff: user}
                              default-role: user
                              name-claim: email
                              key-claim: sub
                              keys-refresh: 1h
                              keys-max-age: 2h
                        """).auth();

        assertThat(auth.jwt())
                .containsExactly(new JwtIssuer(
                        "https://login.lab/realms/lab/",
                        "corral",
                        URI.create("https://keys.lab/certs"),
                        Path.of("/etc/corral/campus-ca.pem"),
                        Set.of(SigningAlgorithm.ES256, SigningAlgorithm.EDDSA),
                        Duration.ofSeconds(5),
                        "realm_access.roles",
                        Map.of("gpu-admins", "admin", "staff", "user"),
                        "user",
                        "email",
                        "sub",
                        Duration.ofHours(1),
                        Duration.ofHours(2)));
        assertThat(auth.jwt().get(0).roles().keySet()).containsExactly("gpu-admins", "staff");
    }

    @Test
    void whatIsLeftOut_isAsSafeAsItCanBe() {
        JwtIssuer issuer =
                Configs.valid(ISSUER + ", roles: {a: user}}]}").auth().jwt().get(0);

        assertThat(issuer.jwks()).isNull();
        assertThat(issuer.caFile()).isNull();
        assertThat(issuer.defaultRole()).isNull();
        assertThat(issuer.keyClaim()).isNull();
        assertThat(issuer.algorithms())
                .containsExactlyInAnyOrder(
                        SigningAlgorithm.RS256, SigningAlgorithm.PS256, SigningAlgorithm.ES256, SigningAlgorithm.EDDSA);
        assertThat(Configs.defaults().auth().jwt()).isEmpty();
        assertThat(Configs.defaults().core().edge().pathTokens()).isFalse();
    }

    @Test
    void check_showsWhatHoldsForAnIssuerWithoutBeingSaid() {
        CorralConfig config = Configs.valid(ISSUER + ", roles: {a: user}}]}");

        String rendered = EffectiveConfig.render(config);
        assertThat(rendered).contains("""
                  jwt:
                    - issuer: https://login.lab
                      audience: corral
                      jwks: discovery
                      ca-file: none
                      algorithms:
                        - RS256
                        - PS256
                        - ES256
                        - EdDSA
                      clock-skew: 1m
                      role-claim: roles
                      roles:
                        a: user
                      default-role: none
                      name-claim: preferred_username
                      key-claim: none
                      keys-refresh: 15m
                      keys-max-age: 1d
                """);
        assertThat(Configs.valid(rendered)).isEqualTo(config);
    }

    @Test
    void pathTokens_areReadAndWarnedOf() {
        String yaml = "auth: {path-tokens: true}";
        assertThat(Configs.valid(yaml).core().edge().pathTokens()).isTrue();
        assertThat(warnings(yaml))
                .containsExactly(
                        "auth.path-tokens (line 1): \"true\" lets keys stand in URLs: programs and proxies on the"
                                + " way may write them down");
    }

    @Test
    void claimThatUsersChoose_isWarnedOf() {
        assertThat(warnings(ISSUER + ", key-claim: nickname}]}"))
                .singleElement()
                .asString()
                .contains("users to choose");
        assertThat(warnings(ISSUER + ", key-claim: sub}]}")).isEmpty();
    }

    static Stream<Arguments> wrongValues() {
        return Stream.of(
                arguments(ISSUER + "}]}", "roles", "nobody could get in"),
                arguments(ISSUER + ", roles: {a: nobody}}]}", "jwt", "\"nobody\" (expected: the name of a role"),
                arguments(ISSUER + ", default-role: nobody}]}", "jwt", "\"nobody\" (expected: the name of a role"),
                arguments(ISSUER + ", default-role: user, algorithms: []}]}", "algorithms", "an empty list"),
                arguments(ISSUER + ", default-role: user, algorithms: [HS256]}]}", "algorithms", "\"HS256\""),
                arguments(ISSUER + ", default-role: user, algorithms: [none]}]}", "algorithms", "\"none\""),
                arguments(ISSUER + ", default-role: user, jwks: http://keys.lab/}]}", "jwks", "https://"),
                arguments(ISSUER + ", default-role: user, roles: [a]}]}", "roles", "a list"),
                arguments(ISSUER + ", default-role: user, roles: {a: [b]}}]}", "roles.a", "a word"),
                arguments(ISSUER + ", default-role: user, secret: x}]}", "secret", "unknown"),
                arguments(
                        ISSUER + ", default-role: user, keys-max-age: 2m}]}",
                        "keys-max-age",
                        "at least keys-refresh, 15m"),
                arguments("auth: {jwt: [{audience: a, default-role: user}]}", "jwt", "no issuer"),
                arguments("auth: {jwt: [{issuer: https://a, default-role: user}]}", "jwt", "no audience"),
                arguments(
                        "auth: {jwt: [{issuer: http://login.lab, audience: a, default-role: user}]}",
                        "issuer",
                        "http:// only on localhost"),
                arguments(
                        "auth: {jwt: [{issuer: https://a, audience: a, default-role: user},"
                                + " {issuer: https://a, audience: b, default-role: user}]}",
                        "jwt",
                        "another issuer"),
                arguments("auth: {jwt: https://a}", "jwt", "a list of issuers"));
    }

    @ParameterizedTest
    @MethodSource("wrongValues")
    void wrongValue_isNamedWithWhatWasExpected(String yaml, String setting, String expected) {
        assertThat(problems(yaml)).singleElement().asString().contains(setting).contains(expected);
    }
}
