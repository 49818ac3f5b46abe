package dev.corral.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.server.tls.local.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientUrlTest {
    private static final String GUESSED = "this machine's name";

    @TempDir
    Path home;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "listen: 127.0.0.1:1                                                    | http://127.0.0.1:1",
                "listen: 192.0.2.7:1                                                    | http://192.0.2.7:1",
                "{listen: 0.0.0.0:1, public-url: 'https://gpu.lab/'}                    | https://gpu.lab",
                "{listen: 0.0.0.0:1, tls: {mode: local, names: ['*.lab', gpu.lab, b]}}  | https://gpu.lab:1",
                "{listen: '[::]:1', tls: {mode: local, names: ['fd00::7']}}             | https://[fd00::7]:1",
                "{listen: 192.0.2.7:443, tls: {mode: acme, acme: {domains: [gpu.example.org], agree-terms: true}}}"
                        + " | https://gpu.example.org:443",
            })
    void whatIsConfigured_isWhatClientsAreTold(String yaml, String url) throws IOException {
        CommandRun run = created(yaml);
        assertThat(run.out()).contains("ANTHROPIC_BASE_URL=" + url + "\n").doesNotContain(GUESSED);
        assertThat(CommandRun.of(home, "keys", "rotate", "alice", "--format=json")
                        .err())
                .doesNotContain(GUESSED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "listen: 0.0.0.0:1                   | http",
                "listen: '[::]:1'                    | http",
                "{listen: 0.0.0.0:1, tls: local}     | https",
            })
    void listenerForAllInterfaces_isCalledByTheMachinesName_whichIsSaidToBeAGuess(String yaml, String scheme)
            throws IOException {
        String url = scheme + "://" + Machine.name() + ":1";
        CommandRun run = created(yaml);
        assertThat(run.out()).contains("ANTHROPIC_BASE_URL=" + url + "\n", GUESSED, "(set public-url)");
        CommandRun json = CommandRun.of(home, "keys", "rotate", "alice", "--format=json");
        assertThat(json.out()).doesNotContain(GUESSED);
        assertThat(json.err()).contains(GUESSED, "(set public-url)");
    }

    @Test
    void ownersOfSshKeys_areToldOfAGuessToo() throws IOException {
        Files.writeString(home.resolve("corral.yaml"), "listen: 0.0.0.0:1\n");
        String key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
        assertThat(CommandRun.of(home, "keys", "add-ssh", "alice", key).err())
                .contains("OLLAMA_HOST=http://" + Machine.name() + ":1 ", GUESSED, "(set public-url)");
    }

    private CommandRun created(String yaml) throws IOException {
        Files.writeString(home.resolve("corral.yaml"), yaml + "\n");
        CommandRun run = CommandRun.of(home, "keys", "create", "alice");
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run;
    }
}
