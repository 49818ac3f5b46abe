package dev.corral.server.config;

import static dev.corral.server.config.Configs.problems;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.net.URI;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Where certificates come from that Corral makes or asks for. */
class CertificateConfigTest {
    private static final String ACME = "tls: {mode: acme, acme: {domains: [gpu.example.org], agree-terms: true";
    private static final String NAME = "a host name such as gpu.lab or \"*.gpu.lab\", or an IP address";
    private static final String DOMAIN = "a public host name such as gpu.example.org";
    private static final String DIRECTORY =
            "letsencrypt, letsencrypt-staging, or the https:// URL of an ACME server's directory";

    static Stream<Arguments> mistakes() {
        return Stream.of(
                arguments(
                        "tls: {mode: local, names: [a_b]}", "tls.names[0] (line 1): \"a_b\" (expected: " + NAME + ")"),
                arguments(
                        "tls: {mode: local, names: [10.0.0]}",
                        "tls.names[0] (line 1): \"10.0.0\" (expected: " + NAME + ")"),
                arguments(
                        "tls: {mode: \"off\", names: [gpu.lab]}",
                        "tls.names (line 1): names (expected: none, as tls.mode is \"off\"; or `mode: local`)"),
                arguments(
                        "tls: {mode: acme, acme: {agree-terms: true}}",
                        "tls.acme.domains: none (expected: the host names of the certificate, such as [gpu.example.org])"),
                arguments(
                        "tls: {mode: local, acme: {domains: [gpu.example.org]}}",
                        "tls.acme.domains (line 1): names (expected: none, as tls.mode is \"local\"; or `mode: acme`)"),
                arguments(
                        "tls: {mode: acme, acme: {domains: [gpu.example.org]}}",
                        "tls.acme.agree-terms: false (expected: true, which says that you agree to the authority's terms"
                                + " of service; those of Let's Encrypt are at https://letsencrypt.org/repository/)"),
                arguments(
                        "tls: {mode: acme, acme: {domains: [\"*.example.org\"], agree-terms: true}}",
                        "tls.acme.domains[0] (line 1): \"*.example.org\" (expected: a host name without *, for which an"
                                + " authority wants changes of DNS)"),
                arguments(
                        "tls: {mode: acme, acme: {domains: [192.0.2.1], agree-terms: true}}",
                        "tls.acme.domains[0] (line 1): \"192.0.2.1\" (expected: a host name, no address and no port)"),
                arguments(
                        "tls: {mode: acme, acme: {domains: [gpu.lan], agree-terms: true}}",
                        "tls.acme.domains[0] (line 1): \"gpu.lan\" (expected: a host name of the public internet;"
                                + " `tls: local` is for names of a LAN)"),
                arguments(
                        "tls: {mode: acme, acme: {domains: [gpu], agree-terms: true}}",
                        "tls.acme.domains[0] (line 1): \"gpu\" (expected: " + DOMAIN + ")"),
                arguments(
                        ACME + ", directory: http://acme.example.org/directory}}",
                        "tls.acme.directory (line 1): \"http://acme.example.org/directory\" (expected: " + DIRECTORY
                                + ")"),
                arguments(
                        ACME + ", email: nobody}}",
                        "tls.acme.email (line 1): \"nobody\" (expected: a mail address; \"none\" for nobody)"),
                arguments(
                        ACME + ", challenge: dns}}",
                        "tls.acme.challenge (line 1): \"dns\" (expected: one of auto, tls-alpn, http)"),
                arguments(
                        ACME + ", challenge: http}}",
                        "tls.acme.challenge (line 1): http (expected: tls-alpn, or a listener with `redirect: true`,"
                                + " which answers on port 80)"),
                arguments(
                        ACME + ", renew-before: 1m}}",
                        "tls.acme.renew-before (line 1): \"1m\" (expected: 1h to 80d; \"auto\" for a third of its life,"
                                + " or when the authority would like it)"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void mistake_isOneProblem(String yaml, String problem) {
        assertThat(problems(yaml)).containsExactly(problem);
    }

    @Test
    void oneWord_isAWholeSection() {
        TlsConfig tls = Configs.valid("tls: local").tls();

        assertThat(tls.mode()).isEqualTo(TlsConfig.Mode.LOCAL);
        assertThat(tls.names()).isEmpty();
        assertThat(Configs.valid("tls: local").core().edge().tls()).isTrue();
    }

    @Test
    void names_haveOneForm() {
        assertThat(Configs.valid("tls: {mode: local, names: [GPU.lab, \"*.gpu.lab\", \"fd00::1\", 10.0.0.1]}")
                        .tls()
                        .names())
                .containsExactly("gpu.lab", "*.gpu.lab", "fd00::1", "10.0.0.1");
    }

    @Test
    void acme_isReadWhole() {
        AcmeSettings acme = Configs.valid(ACME + ", email: you@example.org, challenge: tls-alpn, renew-before: 20d,"
                        + " directory: \"https://127.0.0.1:14000/dir\", ca-file: pebble.pem}}")
                .tls()
                .acme();

        assertThat(acme.domains()).containsExactly("gpu.example.org");
        assertThat(acme.email()).isEqualTo("you@example.org");
        assertThat(acme.challenge()).isEqualTo(AcmeSettings.Challenge.TLS_ALPN);
        assertThat(acme.renewBefore()).isEqualTo(Duration.ofDays(20));
        assertThat(acme.directory()).isEqualTo(URI.create("https://127.0.0.1:14000/dir"));
        assertThat(acme.caFile()).hasFileName("pebble.pem");
        assertThat(Configs.valid(ACME + ", directory: letsencrypt-staging}}")
                        .tls()
                        .acme()
                        .directory())
                .isEqualTo(AcmeSettings.LETS_ENCRYPT_STAGING);
    }
}
