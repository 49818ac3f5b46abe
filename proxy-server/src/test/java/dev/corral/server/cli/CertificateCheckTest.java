package dev.corral.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.spi.NanoClock;
import dev.corral.server.tls.local.LocalAuthority;
import dev.corral.server.tls.local.LocalSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code corral check} says of certificates that Corral makes or gets itself. */
class CertificateCheckTest {
    @TempDir
    Path home;

    @Test
    void localBeforeAndAfterTheFirstStart() throws Exception {
        CommandRun before = check("tls: {mode: local, names: [gpu.lab]}");
        assertThat(before.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(before.err()).contains("certificate: no local authority yet");

        Path directory = home.resolve("corral").resolve("tls");
        try (LocalSource source = LocalSource.open(directory, List.of("gpu.lab"), List.of(), NanoClock.SYSTEM)) {
            CommandRun after = check("tls: {mode: local, names: [gpu.lab]}");
            assertThat(after.exitCode()).isEqualTo(ExitCode.OK);
            assertThat(after.err()).contains(source.authority().fingerprint(), "certificate: gpu.lab until ");
        }
        CommandRun foreign = check("tls: {mode: local, names: [gpu.lab, gpu.example.org]}");
        assertThat(foreign.exitCode()).isEqualTo(ExitCode.CONFIG);
        assertThat(foreign.err()).contains("tls: tls.names: \"gpu.example.org\"", "local-ca.pem");
        CommandRun called = check("public-url: \"https://gpu.example.org\"\ntls: local");
        assertThat(called.exitCode()).isEqualTo(ExitCode.CONFIG);
        assertThat(called.err()).contains("tls: tls.names: \"gpu.example.org\" (there, or in public-url)");

        Files.writeString(LocalAuthority.file(directory), "nothing");
        CommandRun damaged = check("tls: {mode: local, names: [gpu.lab]}");
        assertThat(damaged.exitCode()).isEqualTo(ExitCode.CONFIG);
        assertThat(damaged.err()).contains(LocalAuthority.file(directory).toString());
    }

    @Test
    void acme_saysWhatTheAuthorityNeeds() throws Exception {
        CommandRun run = check("tls: {mode: acme, acme: {domains: [gpu.example.invalid], agree-terms: true}}");

        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.err())
                .contains("none yet; acme-v02.api.letsencrypt.org is asked", "443, so that must lead to port 11435")
                .contains("tls.acme.domains: gpu.example.invalid ");
        assertThat(Files.exists(home.resolve("corral"))).isFalse();
    }

    private CommandRun check(String tls) throws Exception {
        Path file = Files.writeString(home.resolve("corral.yaml"), tls + "\n");
        return CommandRun.of(home, "check", "--config", file.toString());
    }
}
