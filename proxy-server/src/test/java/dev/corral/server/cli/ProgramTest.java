package dev.corral.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProgramTest {
    @TempDir
    Path home;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            nullValues = "-",
            value = {
                "kyes            | unknown command \"kyes\" (did you mean keys?)",
                "frobnicate      | unknown command \"frobnicate\" (expected: one of serve, demo, keys, usage, trust, check, connect, help)",
                "serve --listn x | unknown option \"--listn\" (did you mean --listen?)",
                "serve extra     | unknown argument \"extra\"",
                "keys            | missing: a command (expected: one of create, list, show, limit, revoke, rotate, add-ssh,"
                        + " add-certificate, remove-credential, allow-from, pending, approve)",
                "help kyes       | unknown command \"kyes\" (did you mean keys?)",
                "help nope       | unknown command \"nope\" (expected: one of serve, demo, keys, usage, trust, check, connect, help)",
                "help keys nope  | unknown command \"nope\" (expected: one of create, list,",
            })
    void wrongWord_isExplained(String line, String message) {
        CommandRun run = CommandRun.of(home, line.split(" ", -1));
        assertThat(run.exitCode()).isEqualTo(64);
        assertThat(run.err()).contains(message).contains("try: corral");
        assertThat(run.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "connect http://127.0.0.1:1 crl_abcdefgh_secretsecretsecret",
                "connect http://127.0.0.1:1 --key=crl_abcdefgh_secretsecretsecret",
                "serve crl_abcdefgh_secretsecretsecret",
                "crl_abcdefgh_secretsecretsecret"
            })
    void keyAsAnArgument_isNotEchoed(String line) {
        CommandRun run = CommandRun.of(home, line.split(" ", -1));
        assertThat(run.exitCode()).isEqualTo(64);
        assertThat(run.err()).contains("\"crl_...\"").doesNotContain("abcdefgh").doesNotContain("secret");
        assertThat(run.err().contains("(expected: the key in --key-file FILE or in $CORRAL_KEY)"))
                .isEqualTo(line.startsWith("connect"));
    }

    @Test
    void noArguments_isAMistakeThatNamesTheCommands() {
        CommandRun run = CommandRun.of(home);
        assertThat(run.exitCode()).isEqualTo(64);
        assertThat(run.err()).contains("serve, demo, keys, usage, trust, check, connect, help");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "serve --help",
                "demo --help",
                "check --help",
                "keys --help",
                "usage --help",
                "connect --help",
                "help keys create",
                "help keys create alice"
            })
    void help_goesToStandardOutput(String line) {
        CommandRun run = CommandRun.of(home, line.split(" ", -1));
        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).startsWith("Usage: corral ");
        assertThat(run.out().lines()).allSatisfy(one -> assertThat(one).hasSizeLessThanOrEqualTo(80));
    }

    @Test
    void helpOfCommandOfCommand_isItsOwn() {
        assertThat(CommandRun.of(home, "help", "keys", "create").out())
                .contains("--expires")
                .contains("jq -r .key");
    }

    @Test
    void version_namesBuildAndJava() {
        assertThat(CommandRun.of(home, "--version").out()).matches("corral \\S+ \\(revision \\S+, Java \\S+\\)\n");
    }

    @Test
    void checkOfABrokenFile_printsEveryProblem() throws IOException {
        Files.writeString(home.resolve("corral.yaml"), """
                listen: nowhere
                timeouts: {connect: 2x}
                limit: {connections: 5}
                """);
        CommandRun run = CommandRun.of(home, "check");
        assertThat(run.exitCode()).isEqualTo(78);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .contains("3 problems in the configuration")
                .contains("listen (line 1): \"nowhere\" (expected: ")
                .contains("timeouts.connect (line 2): \"2x\" (expected: a duration such as")
                .contains("limit (line 3): unknown setting (did you mean `limits`?)");
    }

    @Test
    void check_printsAFileThatSaysTheSame() throws IOException {
        CommandRun first = CommandRun.of(home, "check");
        assertThat(first.exitCode()).isZero();
        assertThat(first.err()).contains("configuration: none").contains("keys: none yet");
        Files.writeString(home.resolve("corral.yaml"), first.out());
        CommandRun second = CommandRun.of(home, "check");
        assertThat(second.exitCode()).isZero();
        assertThat(second.out()).isEqualTo(first.out());
        assertThat(second.err()).contains("configuration: " + home.resolve("corral.yaml"));
    }

    @Test
    void checkWithABrokenKeyFile_exits65() throws IOException {
        Files.createDirectory(home.resolve("corral"));
        Files.writeString(home.resolve("corral/keys.json"), "{]");
        CommandRun run = CommandRun.of(home, "check");
        assertThat(run.exitCode()).isEqualTo(65);
        assertThat(run.err()).contains("keys.json");
    }

    @Test
    void dangerousButLegal_isWarnedOfByName() throws IOException {
        Files.writeString(home.resolve("corral.yaml"), "listen: 0.0.0.0:11435\n");
        CommandRun run = CommandRun.of(home, "check");
        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).contains("warning: listen (line 1): ");
    }

    @Test
    void debugVariable_showsWhere() {
        CommandRun plain = CommandRun.of(home, "keys", "show", "nobody");
        CommandRun debug = CommandRun.of(home, Map.of("CORRAL_DEBUG", "1"), "keys", "show", "nobody");
        assertThat(plain.err()).doesNotContain("\tat ");
        assertThat(debug.err()).contains("\tat dev.corral.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "keys list",
                "serve --help",
                "serve --listen",
                "serve --listen a --listen b",
                "serve --listen --upstream",
                "serve -V",
                "serve extra"
            })
    void whatIsNoPlainServe_isLeftToTheOptionParser(String line) {
        assertThat(ServeOptions.parse(List.of(line.split(" ", -1)))).isNull();
    }

    @Test
    void plainServe_isReadBothWaysAlike() {
        ServeOptions options = ServeOptions.parse(
                List.of("serve", "--config", "f", "--listen=h:1", "--upstream", "http://u", "--admin-listen=off"));
        assertThat(options).isEqualTo(ServeOptions.of("f", "h:1", "http://u", "off"));
        assertThat(ServeOptions.parse(List.of("serve"))).isEqualTo(ServeOptions.of(null, null, null, null));
    }

    @Test
    void colours_areForTerminalsAndForWhoWantsThem() {
        assertThat(Terminal.colours(true, Map.of())).isTrue();
        assertThat(Terminal.colours(false, Map.of())).isFalse();
        assertThat(Terminal.colours(true, Map.of("NO_COLOR", "1"))).isFalse();
        assertThat(Terminal.colours(true, Map.of("NO_COLOR", ""))).isTrue();
        assertThat(Terminal.colours(true, Map.of("TERM", "dumb"))).isFalse();
    }

    @Test
    void journal_isRecognisedByTheNumbersOfItsStreamOnly() {
        assertThat(Terminal.isJournal(Map.of())).isFalse();
        assertThat(Terminal.isJournal(Map.of("JOURNAL_STREAM", "1:2"))).isFalse();
    }
}
