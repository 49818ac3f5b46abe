package dev.corral.server.config;

import static dev.corral.server.config.Configs.problems;
import static dev.corral.server.config.Configs.valid;
import static dev.corral.server.config.Configs.warnings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.tls.TlsSettings;
import dev.corral.server.config.TlsConfig.ClientCertificates;
import dev.corral.server.config.TlsConfig.Mode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TlsConfigTest {
    private static final String PAIR = "certificates: [{certificate: a.pem, key: /k.pem}]";

    @Test
    void oneWord_standsForTheMode() {
        assertThat(valid("tls: local").tls().mode()).isEqualTo(Mode.LOCAL);
        assertThat(valid("tls: off").tls().mode()).isEqualTo(Mode.OFF);
        assertThat(valid("tls: local").core().edge().tls()).isTrue();
        assertThat(valid("").core().edge().tls()).isFalse();
    }

    @Test
    void filesThatAreNamed_areUsed() {
        TlsConfig tls = valid("tls: {" + PAIR + "}").tls();
        assertThat(tls.mode()).isEqualTo(Mode.FILES);
        assertThat(tls.certificates().get(0).certificate()).isAbsolute().hasFileName("a.pem");
        assertThat(tls.certificates().get(0).key()).hasToString("/k.pem");
    }

    @Test
    void everySetting_arrives() {
        TlsConfig tls = valid("tls: {" + PAIR
                        + ", mode: files, provider: jdk, client-certificates: optional, client-ca: /ca.pem}")
                .tls();
        assertThat(tls.provider()).isEqualTo(TlsSettings.Provider.JDK);
        assertThat(tls.clientCertificates()).isEqualTo(ClientCertificates.OPTIONAL);
        assertThat(tls.clientCa()).hasToString("/ca.pem");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tls: yes please | tls (line 1): \"yes please\" (expected: one of off, files, local, acme)",
                "tls: files | tls.certificates: none (expected: the files, such as"
                        + " [{certificate: fullchain.pem, key: privkey.pem}])",
                "tls: {mode: local, certificates: [{certificate: a, key: b}]} | tls.certificates (line 1): files"
                        + " (expected: none, as tls.mode is \"local\"; or `mode: files`)",
                "tls: {mode: local, client-ca: /ca.pem} | tls.client-ca (line 1): a file (expected: none, as"
                        + " tls.client-certificates is off; or `client-certificates: optional`)",
                "tls: {client-certificates: optional} | tls.client-certificates (line 1): optional (expected: off, as"
                        + " tls.mode is off)",
                "tls: {certificates: [{certificate: a}]} | tls.certificates[0] (line 1): no key (expected: `key:`, a path;"
                        + " ~/ is the home directory, a relative one is below this file's directory)",
            })
    void contradiction_isOneProblem(String yaml, String problem) {
        assertThat(problems(yaml)).containsExactly(problem);
    }

    @Test
    void listenerThatOthersReach_warnsOnlyWithoutTls() {
        assertThat(warnings("listen: 0.0.0.0:1"))
                .anySatisfy(warning -> assertThat(warning).contains("without TLS"));
        assertThat(warnings("listen: 0.0.0.0:1\ntls: local"))
                .noneSatisfy(warning -> assertThat(warning).contains("without TLS"));
    }
}
