package dev.corral.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.corral.server.demo.StandInOllama;
import dev.corral.server.state.SqliteUsageStore;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the program does with the store of usage when it starts and when it is killed. */
class UsageStoreStartIT {
    @TempDir
    Path home;

    private static final String[] SERVE = {"serve", "--listen", "127.0.0.1:0", "--admin-listen", "off"};

    private Path state() throws Exception {
        return Files.createDirectories(home.resolve("corral"));
    }

    @Test
    void killedServer_hasKeptWhatWasUsed() throws Exception {
        try (StandInOllama ollama = StandInOllama.start()) {
            try (CorralProcess corral = new CorralProcess(
                    home,
                    "serve",
                    "--listen",
                    "127.0.0.1:0",
                    "--admin-listen",
                    "off",
                    "--upstream",
                    ollama.url().toString())) {
                String url = corral.awaitLine("^  clients +(http://\\S+)");
                String user = corral.awaitLine("^  user   (crl_\\S+)$");
                HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/api/generate"))
                        .header("Authorization", "Bearer " + user)
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "{\"model\":\"" + StandInOllama.MODEL + "\",\"prompt\":\"hello\"}"))
                        .build();
                assertThat(HttpClient.newHttpClient()
                                .send(request, HttpResponse.BodyHandlers.discarding())
                                .statusCode())
                        .isEqualTo(200);
                CorralProcess.await("it is saved", () -> usage().contains("\nuser,1,"));
            }
        }
        assertThat(usage()).contains("\nuser,1,");
    }

    private String usage() {
        return CommandRun.of(home, "usage", "--by", "role", "--format", "csv")
                .out()
                .replace("\r", "");
    }

    @Test
    void storeOfALaterVersion_isLeftAloneWithStatus65() throws Exception {
        SqliteUsageStore.open(state()).close();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + state().resolve("usage.db"));
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA user_version = 99");
        }
        try (CorralProcess corral = new CorralProcess(home, SERVE)) {
            assertThat(corral.exitCode()).isEqualTo(65);
            assertThat(corral.err())
                    .contains("usage.db: version 99 (expected: at most ")
                    .doesNotContain("\tat ");
            assertThat(corral.out()).isEmpty();
        }
    }

    @Test
    void noCodeMayBeRunAnywhere_isExplainedWithStatus78() throws Exception {
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "noexec,size=64m", "corral-test", home.toString()),
                "not run: no file system can be mounted here (expected: root with CAP_SYS_ADMIN)");
        try (CorralProcess corral = new CorralProcess(home, SERVE)) {
            assertThat(corral.exitCode()).isEqualTo(78);
            assertThat(corral.err())
                    .contains("cannot load SQLite's native library")
                    .contains("java.library.path")
                    .doesNotContain("\tat ");
            assertThat(corral.out()).isEmpty();
        } finally {
            run("umount", home.toString());
        }
    }

    private static boolean run(String... command) throws Exception {
        Process process = new ProcessBuilder(List.of(command))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    }
}
