package dev.corral.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The run of which the launcher makes the start-up archive. */
class RehearsalIT {
    @TempDir
    Path home;

    @Test
    void rehearsal_succeedsAndKeepsNothing() throws Exception {
        try (CorralProcess corral = new CorralProcess(home, "rehearse")) {
            assertThat(corral.exitCode()).as(corral.err()).isZero();
            assertThat(corral.out()).doesNotContain("crl_");
            assertThat(corral.err()).contains("every exchange was finished");
        }
        assertThat(left()).isEmpty();
    }

    @Test
    void rehearsalWithMoreWords_isNoCommand() throws Exception {
        try (CorralProcess corral = new CorralProcess(home, "rehearse", "twice")) {
            assertThat(corral.exitCode()).isEqualTo(ExitCode.USAGE);
        }
    }

    /** State, configuration and temporary files all lie under the home of a process of these tests. */
    private List<String> left() throws IOException {
        try (Stream<Path> files = Files.walk(home)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> home.relativize(file).toString())
                    // The last libraries unpacked; Java removes them at its end where it can.
                    .filter(name -> !name.startsWith("tmp/hsperfdata"))
                    .toList();
        }
    }
}
