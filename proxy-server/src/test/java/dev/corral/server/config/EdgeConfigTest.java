package dev.corral.server.config;

import static dev.corral.server.config.Configs.problems;
import static dev.corral.server.config.Configs.warnings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.corral.core.EdgeSettings;
import dev.corral.core.ListenerSettings;
import dev.corral.core.ListenerSettings.Kind;
import dev.corral.core.LockOutSettings;
import dev.corral.core.spi.CidrSet;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EdgeConfigTest {
    private static final String RANGE =
            "\" (expected: a network such as 10.0.0.0/8 or \"2001:db8::/32\", with no bits set behind the prefix, or an IP address)";

    @Test
    void everySettingOfTheEdge_isRead() {
        EdgeSettings edge = Configs.valid("""
                        proxy-protocol: true
                        listeners:
                          - listen: 127.0.0.1:8080
                          - {listen: "[::1]:8081", proxy-protocol: true}
                        trusted-proxies: [10.0.0.0/8, "::1"]
                        clients: {allow: [192.168.0.0/16], deny: [192.168.7.7]}
                        lockout: {enabled: false, failures: 3, first: 10s, longest: 5m}
                        """).core().edge();

        assertThat(edge.proxyProtocol()).isTrue();
        assertThat(edge.listeners())
                .extracting(
                        ListenerSettings::kind,
                        ListenerSettings::proxyProtocol,
                        listener -> listener.address().getPort())
                .containsExactly(tuple(Kind.PLAIN, false, 8080), tuple(Kind.PLAIN, true, 8081));
        assertThat(edge.trustedProxies().ranges()).hasToString("[10.0.0.0/8, ::1]");
        assertThat(edge.allow().ranges()).hasToString("[192.168.0.0/16]");
        assertThat(edge.deny().ranges()).hasToString("[192.168.7.7]");
        assertThat(edge.lockOut())
                .isEqualTo(new LockOutSettings(false, 3, Duration.ofSeconds(10), Duration.ofMinutes(5)));
    }

    @Test
    void nothingSaid_believesNobodyAndLetsEverybodyCome() {
        EdgeSettings edge = Configs.defaults().core().edge();

        assertThat(edge).isEqualTo(EdgeSettings.DEFAULTS);
        assertThat(edge.trustedProxies()).isEqualTo(CidrSet.NONE);
        assertThat(edge.lockOut().enabled()).isTrue();
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                arguments("trusted-proxies: [10.0.0.1/8]", "trusted-proxies[0] (line 1): \"10.0.0.1/8" + RANGE),
                arguments("clients: {allow: [proxy.lab]}", "clients.allow[0] (line 1): \"proxy.lab" + RANGE),
                arguments("clients: {deny: [010.0.0.1]}", "clients.deny[0] (line 1): \"010.0.0.1" + RANGE),
                arguments(
                        "trusted-proxies: 10.0.0.0/8",
                        "trusted-proxies (line 1): \"10.0.0.0/8\" (expected: a list of networks such as 10.0.0.0/8 or"
                                + " \"2001:db8::/32\", and of single addresses)"),
                arguments(
                        "listeners: [{tls: true}]",
                        "listeners[0] (line 1): no listen (expected: `listen:`, ADDRESS:PORT with an IP address or localhost,"
                                + " such as 127.0.0.1:11435 or \"[::1]:11435\"; port 0 for any free one)"),
                arguments(
                        "listeners: [{listen: 127.0.0.1:1, tls: true, redirect: true}]",
                        "listeners[0].redirect (line 1): \"true\" (expected: without `tls: true`: it sends callers to a"
                                + " listener that has it)"),
                arguments(
                        "listeners: [{listen: 127.0.0.1:1, redirect: true}]",
                        "listeners[0] (line 1): \"127.0.0.1:1\" (expected: no `redirect: true`, as without the section tls"
                                + " there is no https to send callers to)"),
                arguments(
                        "listeners: [{listen: 127.0.0.1:1, tls: true}]",
                        "listeners[0] (line 1): \"127.0.0.1:1\" (expected: no `tls: true`, as without the section tls"
                                + " there is no certificate)"),
                arguments(
                        "listeners: [{listen: 127.0.0.1:11435}]",
                        "listeners[0] (line 1): \"127.0.0.1:11435\" (expected: another port than listen, which is"
                                + " 127.0.0.1:11435)"),
                arguments(
                        "listeners: [{listen: 0.0.0.0:11436}]",
                        "listeners[0] (line 1): \"0.0.0.0:11436\" (expected: another port than admin.listen, which is"
                                + " 127.0.0.1:11436)"),
                arguments(
                        "listeners: [{listen: 127.0.0.1:1}, {listen: 127.0.0.1:1}]",
                        "listeners[1] (line 1): \"127.0.0.1:1\" (expected: another port than a listener before it)"),
                arguments(
                        "listeners: [{listen: 127.0.0.1:11434}]",
                        "listeners[0] (line 1): \"127.0.0.1:11434\" (expected: another address than Ollama's: that is a loop)"),
                arguments(
                        "lockout: {longest: 30s}",
                        "lockout.longest (line 1): \"30s\" (expected: at least lockout.first, 1m)"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void mistake_isNamedWithPlaceValueAndExpectation(String yaml, String problem) {
        assertThat(problems(yaml)).containsExactly(problem);
    }

    static Stream<Arguments> dangers() {
        return Stream.of(
                arguments(
                        "trusted-proxies: [10.0.0.1, 0.0.0.0/0]",
                        "trusted-proxies[1] (line 1): \"0.0.0.0/0\" lets every caller say where it comes from"),
                arguments(
                        "trusted-proxies: [\"::/0\"]",
                        "trusted-proxies[0] (line 1): \"::/0\" lets every caller say where it comes from"),
                arguments(
                        "listeners: [{listen: 0.0.0.0:1}]",
                        "listeners[0] (line 1): \"0.0.0.0:1\" is reachable from other machines without TLS"));
    }

    @ParameterizedTest
    @MethodSource("dangers")
    void dangerousValue_isWarnedOf(String yaml, String warning) {
        assertThat(warnings(yaml)).singleElement().asString().startsWith(warning);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "listen: 0.0.0.0:1\nproxy-protocol: true",
                "listeners: [{listen: 0.0.0.0:1, proxy-protocol: true}]"
            })
    void proxyProtocolOfWhoever_isWarnedOf(String yaml) {
        assertThat(warnings(yaml))
                .anySatisfy(warning -> assertThat(warning)
                        .contains("\"0.0.0.0:1\" believes the PROXY protocol header of whoever connects"));
        assertThat(warnings("trusted-proxies: [10.0.0.1]\n" + yaml))
                .noneSatisfy(warning -> assertThat(warning).contains("PROXY"));
    }

    @Test
    void addressesThatKeepOutTheAuthority_areWarnedOf() {
        String allow = "clients: {allow: [10.0.0.0/8]}\n";
        String acme = "tls: {mode: acme, acme: {domains: [gpu.example.org], agree-terms: true}}\n";

        assertThat(warnings(allow + acme))
                .singleElement()
                .asString()
                .startsWith("clients.allow (line 1): a list may keep out the certificate authority");
        assertThat(warnings(allow)).isEmpty();
        assertThat(warnings(acme)).isEmpty();
    }

    @Test
    void proxyProtocolOnLoopback_isNotWarnedOf() {
        assertThat(warnings("proxy-protocol: true\nlisteners: [{listen: 127.0.0.1:1, proxy-protocol: true}]"))
                .isEmpty();
    }
}
