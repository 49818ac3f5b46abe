package dev.corral.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.spi.NanoClock;
import dev.corral.server.tls.local.LocalAuthority;
import dev.corral.server.tls.local.LocalSource;
import dev.corral.server.tls.store.Pem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustCommandTest {
    @TempDir
    Path home;

    private Path directory;

    @BeforeEach
    void stateDirectory() {
        directory = home.resolve("corral").resolve("tls");
    }

    @Test
    void trust_showsFingerprintAndEverySystem() throws Exception {
        LocalAuthority authority = made();
        CommandRun run = CommandRun.of(home, "trust");

        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(authority.name()).startsWith("Corral CA of ");
        assertThat(run.out())
                .contains(authority.name() + "\n", authority.fingerprint())
                .contains("update-ca-certificates", "update-ca-trust", "add-trusted-cert", "-addstore -f Root")
                .contains("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "--cacert", "keytool")
                .contains("mkdir -p ~/.pki/nssdb", "-cacerts -storepass changeit -noprompt");
        assertThat(run.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThan(125));
    }

    @Test
    void pem_isTheCertificateWithoutTheKey() throws Exception {
        LocalAuthority authority = made();
        CommandRun run = CommandRun.of(home, "trust", "--pem");

        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).doesNotContain("PRIVATE").isEqualTo(Pem.text(authority.certificate()));
        assertThat(Pem.certificates(run.out())).containsExactly(authority.certificate());
    }

    @Test
    void withoutAuthority_saysWhatMakesOne() {
        CommandRun run = CommandRun.of(home, "trust");

        assertThat(run.exitCode()).isEqualTo(ExitCode.IO);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains(directory.toString(), "corral serve", "tls: local");
    }

    @Test
    void damagedAuthority_isReportedWithItsFile() throws Exception {
        made();
        Files.writeString(LocalAuthority.file(directory), "nothing");
        CommandRun run = CommandRun.of(home, "trust");

        assertThat(run.exitCode()).isEqualTo(ExitCode.IO);
        assertThat(run.err())
                .contains(
                        LocalAuthority.file(directory) + ": no certificate in it (expected: the local authority's key")
                .containsOnlyOnce("(expected: ");
    }

    private LocalAuthority made() throws Exception {
        try (LocalSource source = LocalSource.open(directory, List.of("gpu.lab"), List.of(), NanoClock.SYSTEM)) {
            return source.authority();
        }
    }
}
