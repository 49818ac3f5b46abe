package dev.corral.server.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.corral.core.spi.NanoClock;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The filter that ships in {@code deploy/fail2ban}, and what Corral writes. */
class Fail2banTest {
    private static final Path DEPLOY = Path.of("..", "deploy", "fail2ban").toAbsolutePath();

    @TempDir
    private Path directory;

    private Path auditLog() throws IOException {
        Path file = directory.resolve("audit.log");
        try (AuditLog log = new AuditLog(new LogTarget(file, 1 << 20, 1), NanoClock.SYSTEM)) {
            log.started("locked_out");
            log.lockedOut(InetAddress.getByName("203.0.113.9"), Duration.ofMinutes(1));
            log.keyChanged("created", "abcd1234", "\",\"event\":\"locked_out\",\"address\":\"192.0.2.1\"");
            log.lockedOut(InetAddress.getByName("2001:db8::9"), Duration.ofHours(1));
        }
        return file;
    }

    @Test
    void sampleThatTheFilterIsCheckedWith_hasLinesAsCorralWritesThem() throws IOException {
        assertThat(lockOuts(auditLog()))
                .isEqualTo(lockOuts(DEPLOY.resolve("audit.sample")))
                .hasSize(2);
    }

    /** The lines without their times. */
    private static List<String> lockOuts(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .map(line -> line.replaceFirst("^\\{\"time\":\"[^\"]{24}\"", ""))
                .filter(line -> line.startsWith(",\"event\":\"locked_out\""))
                .toList();
    }

    @Test
    void fail2ban_findsTheLockOutsAndNothingElse() throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(
                            "fail2ban-regex",
                            "-c",
                            DEPLOY.toString(),
                            "-o",
                            "<ip>",
                            auditLog().toString(),
                            "corral")
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            abort("not run: fail2ban-regex is not on the PATH (expected: Debian's package fail2ban)");
            return;
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(said).isEqualTo("203.0.113.9\n2001:db8::9\n");
        assertThat(process.waitFor()).isZero();
    }
}
