package dev.corral.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.corral.server.config.Environment;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeysCommandTest {
    private static final String SECRET = "crl_[0-9A-Za-z]{8}_[0-9A-Za-z]{40,60}";

    @TempDir
    Path home;

    @Test
    void create_printsTheSecretFirstAndSettingsForEveryClient() {
        CommandRun run = CommandRun.of(home, "keys", "create", "alice");
        assertThat(run.exitCode()).isZero();
        String secret = run.out().lines().findFirst().orElseThrow();
        assertThat(secret).matches(SECRET);
        assertThat(run.out())
                .contains("export OPENAI_BASE_URL=http://127.0.0.1:11435/v1\nexport OPENAI_API_KEY=" + secret)
                .contains("export ANTHROPIC_BASE_URL=http://127.0.0.1:11435\nexport ANTHROPIC_API_KEY=" + secret)
                .contains("ollama.Client(host='http://127.0.0.1:11435', headers={'Authorization': 'Bearer " + secret)
                .contains("new Ollama({ host: 'http://127.0.0.1:11435', headers: { Authorization: 'Bearer " + secret)
                .contains("curl http://127.0.0.1:11435/api/tags -H 'Authorization: Bearer " + secret + "'");
    }

    @Test
    void secret_isOnStandardOutputOnlyAndNowhereOnTheDisk() throws IOException {
        CommandRun run = CommandRun.of(home, "keys", "create", "alice");
        String secret = run.out().lines().findFirst().orElseThrow();
        assertThat(run.err()).contains("alice").contains("shown this once").doesNotContain(secret.substring(13));
        assertThat(Files.readString(keyFile())).contains("alice").doesNotContain(secret.substring(13));
    }

    @Test
    void createAsJson_isOneObjectWithTheKey() throws IOException {
        CommandRun run = CommandRun.of(home, "keys", "create", "ci", "--expires", "30d", "--format", "json");
        JsonNode json = json(run.out());
        assertThat(json.path("key").asText()).matches(SECRET);
        assertThat(json.path("state").asText()).isEqualTo("active");
        assertThat(json.path("expires").asText())
                .isGreaterThan(json.path("created").asText());
        assertThat(json.at("/settings/OPENAI_API_KEY")).isEqualTo(json.path("key"));
    }

    @Test
    void publicUrl_isWhatClientsAreTold() throws IOException {
        Files.writeString(home.resolve("corral.yaml"), "public-url: https://gpu.lab\n");
        assertThat(CommandRun.of(home, "keys", "create", "alice").out())
                .contains("OPENAI_BASE_URL=https://gpu.lab/v1\n")
                .contains("ANTHROPIC_BASE_URL=https://gpu.lab\n");
    }

    @Test
    void ownAuthority_isTrustedBeforeTheLinesToPaste() throws IOException {
        Files.writeString(home.resolve("corral.yaml"), "tls: local\n");
        CommandRun run = CommandRun.of(home, "keys", "create", "alice");
        assertThat(run.out().lines().skip(2).limit(6))
                .contains(
                        "corral trust --pem > corral-ca.pem",
                        "export SSL_CERT_FILE=$PWD/corral-ca.pem",
                        "export NODE_EXTRA_CA_CERTS=$PWD/corral-ca.pem");
        assertThat(run.out()).contains("curl --cacert corral-ca.pem https://127.0.0.1:11435/api/tags -H ");
        assertThat(CommandRun.of(home, "keys", "rotate", "alice", "--format", "json")
                        .err())
                .contains("corral trust --pem > corral-ca.pem, and there SSL_CERT_FILE=corral-ca.pem");
    }

    @Test
    void configurationThatWasNamed_isNamedInTheLinesToPaste() throws IOException {
        Path file = Files.writeString(home.resolve("bob's.yaml"), "tls: local\n");
        String named = " --config '" + home + "/bob'\\''s.yaml'";
        CommandRun none = CommandRun.of(home, "keys", "list", "--config", file.toString());
        assertThat(none.err()).contains("corral keys create NAME" + named);
        CommandRun run = CommandRun.of(home, "keys", "create", "alice", "--config", "bob's.yaml");
        assertThat(run.out())
                .contains("(more: corral trust" + named + "):\ncorral trust --pem" + named + " > corral-ca.pem\n");
    }

    @Test
    void addressThatNobodyConfigured_isCalledTheDefaultOne() throws IOException {
        assertThat(CommandRun.of(home, "keys", "create", "alice").err())
                .contains("the address in the settings is the default one");
        Files.writeString(home.resolve("corral.yaml"), "listen: 127.0.0.1:11435\n");
        assertThat(CommandRun.of(home, "keys", "create", "bob").err()).doesNotContain("default one");
    }

    @Test
    void ollamaCommandAndProgramsWithoutKeys_haveTheirWayIn() throws IOException {
        assertThat(CommandRun.of(home, "keys", "create", "alice").out())
                .contains("corral keys add-ssh alice 'ssh-ed25519 ...'")
                .contains("OLLAMA_AUTH=1 OLLAMA_HOST=http://127.0.0.1:11435 ollama run llama3\n")
                .containsPattern("CORRAL_KEY=crl_\\w+ corral connect http://127.0.0.1:11435\n");
        Files.writeString(home.resolve("corral.yaml"), "tls: local\n");
        assertThat(CommandRun.of(home, "keys", "create", "bob").out())
                .contains("corral connect https://127.0.0.1:11435 --ca-file corral-ca.pem\n");
    }

    @Test
    void withoutTls_nothingHasToBeTrusted() {
        CommandRun run = CommandRun.of(home, "keys", "create", "alice", "--format", "json");
        assertThat(run.out() + run.err()).doesNotContain("corral-ca.pem");
    }

    @Test
    void list_isLinesInAPipe_tableAndJsonWhenAskedFor() throws IOException {
        CommandRun.of(home, "keys", "create", "alice");
        CommandRun.of(home, "keys", "create", "bob", "--role", "admin");
        assertThat(CommandRun.of(home, "keys", "list").out().lines())
                .hasSize(2)
                .anyMatch(line -> line.matches("[0-9A-Za-z]{8}\tbob\tadmin\tactive\t[^\t]+\tnever"));
        assertThat(CommandRun.of(home, "keys", "list", "--format", "table").out())
                .startsWith("ID        NAME   ROLE   STATE   CREATED");
        JsonNode json =
                json(CommandRun.of(home, "keys", "list", "--format=json").out());
        assertThat(json.findValuesAsText("name")).containsExactly("alice", "bob");
        assertThat(json.toString()).doesNotContain("crl_").doesNotContain("sha256");
    }

    @Test
    void keyWhoseRoleIsGone_isWarnedOf_inTheListAndByCheck() throws IOException {
        Files.writeString(home.resolve("corral.yaml"), "roles: {research: {groups: [read]}}\n");
        CommandRun.of(home, "keys", "create", "alice");
        CommandRun.of(home, "keys", "create", "bob", "--role", "research");
        assertThat(CommandRun.of(home, "keys", "list").err()).isEmpty();

        Files.writeString(home.resolve("corral.yaml"), "");
        CommandRun list = CommandRun.of(home, "keys", "list");
        CommandRun check = CommandRun.of(home, "check");
        String warning = " has the role \"research\", which the configuration does not have: every request is refused"
                + " (expected: one of admin, user)";
        assertThat(list.exitCode()).isZero();
        assertThat(list.out().lines()).hasSize(2);
        assertThat(list.err()).containsOnlyOnce(warning);
        assertThat(check.exitCode()).isZero();
        assertThat(check.err()).containsOnlyOnce(warning);
    }

    @Test
    void listWithoutKeys_printsNothingAndSaysHowToBegin() {
        CommandRun run = CommandRun.of(home, "keys", "list");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("corral keys create NAME");
    }

    @Test
    void limits_areSetShownChangedAndTakenBack() throws IOException {
        JsonNode created = json(CommandRun.of(
                        home,
                        "keys",
                        "create",
                        "lab-7",
                        "--rpm=30",
                        "--burst=10",
                        "--concurrency=none",
                        "--format=json")
                .out());
        assertThat(created.path("limits").toString())
                .isEqualTo("{\"requests-per-minute\":30,\"burst\":10,\"concurrency\":\"none\"}");
        CommandRun changed = CommandRun.of(home, "keys", "limit", "lab-7", "--tokens-per-day", "20k", "--burst", "5");
        assertThat(changed.exitCode()).isZero();
        assertThat(changed.out()).isEmpty();
        String limits = "requests-per-minute 30, burst 5, tokens-per-day 20000, concurrency none";
        assertThat(changed.err())
                .contains("Limits of key ")
                .contains("\"lab-7\": " + limits + "; in force within a second.")
                .doesNotContain("Warning");
        assertThat(CommandRun.of(home, "keys", "show", "lab-7").out()).contains("limits\t" + limits + "\n");
        assertThat(json(CommandRun.of(home, "keys", "list", "--format=json").out())
                        .at("/0/limits/tokens-per-day")
                        .asLong())
                .isEqualTo(20_000);
        CommandRun reset = CommandRun.of(home, "keys", "limit", "lab-7", "--reset", "--format=json");
        assertThat(reset.err()).contains("\"lab-7\": those of its role \"user\"; in force");
        assertThat(json(reset.out()).path("limits").toString()).isEqualTo("{}");
        assertThat(CommandRun.of(home, "keys", "show", "lab-7").out()).doesNotContain("limits");
    }

    @Test
    void burstWithoutARate_isWarnedOf_unlessTheRoleHasOne() throws IOException {
        String warning = "Warning: burst 5 has no effect: neither the key nor its role \"user\" limits"
                + " requests-per-minute (--rpm).";
        assertThat(CommandRun.of(home, "keys", "create", "alice", "--burst", "5")
                        .err())
                .contains(warning);
        assertThat(CommandRun.of(home, "keys", "limit", "alice", "--burst", "5").err())
                .contains(warning);
        assertThat(CommandRun.of(home, "keys", "limit", "alice", "--rpm", "5").err())
                .doesNotContain("Warning");
        Files.writeString(
                home.resolve("corral.yaml"), "roles: {user: {groups: [read], limits: {requests-per-minute: 30}}}\n");
        assertThat(CommandRun.of(home, "keys", "create", "bob", "--burst", "5").err())
                .doesNotContain("Warning");
    }

    @Test
    void revokeTwice_saysSoAndIsNoError() {
        CommandRun.of(home, "keys", "create", "alice");
        CommandRun first = CommandRun.of(home, "keys", "revoke", "alice");
        CommandRun second = CommandRun.of(home, "keys", "revoke", "alice");
        assertThat(first.exitCode()).isZero();
        assertThat(first.err()).contains("Revoked key").contains("within a second");
        assertThat(second.exitCode()).isZero();
        assertThat(second.err()).contains("was revoked already");
        assertThat(CommandRun.of(home, "keys", "show", "alice").out()).contains("state\trevoked\n");
    }

    @Test
    void rotate_keepsTheIdAndTellsHowLongTheOldSecretWorks() throws IOException {
        JsonNode before = json(CommandRun.of(home, "keys", "create", "alice", "--format", "json")
                .out());
        CommandRun run = CommandRun.of(home, "keys", "rotate", "alice", "--grace", "2h", "--format", "json");
        JsonNode after = json(run.out());
        assertThat(after.path("id")).isEqualTo(before.path("id"));
        assertThat(after.path("key")).isNotEqualTo(before.path("key"));
        assertThat(run.err())
                .contains(
                        "the old secret works until " + after.path("grace_ends").asText());
        CommandRun atOnce = CommandRun.of(home, "keys", "rotate", "alice", "--grace", "0s");
        assertThat(atOnce.err()).contains("the old secret is refused within a second");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "keys create alice --expires 2x   | 64 | --expires: \"2x\" (expected: a duration such as 30d)",
                "keys create alice --role boss    | 64 | --role: \"boss\" (expected: one of user, admin)",
                "keys create                      | 64 | missing: NAME",
                "keys create alice --rpm 20K      | 64 | --rpm: \"20K\" (expected: a whole number from 1, such as 500, 20k or 2M, or none)",
                "keys create alice --burst 0      | 64 | --burst: \"0\" (expected: a whole number",
                "keys limit taken --concurrency x | 64 | --concurrency: \"x\" (expected: a whole number",
                "keys limit taken                 | 64 | no limit (expected: one of --rpm,",
                "keys limit nobody --rpm 1        | 64 | no key has the id or the name \"nobody\"",
                "keys limit --rpm 1               | 64 | missing: ID",
                "keys list --format xml           | 64 | --format: \"xml\" (expected: table or json)",
                "keys show nobody                 | 64 | no key has the id or the name \"nobody\"",
                "keys create taken                | 73 | name: \"taken\" belongs to key",
                "keys list --config nothere.yaml  | 78 | nothere.yaml: does not exist (expected: a YAML file)",
                "keys list --keys-file broken     | 65 | broken",
            })
    void mistake_isExplainedAndHasItsExitCode(String line, int exitCode, String message) throws IOException {
        CommandRun.of(home, "keys", "create", "taken");
        Files.writeString(home.resolve("broken"), "not json");
        CommandRun run = CommandRun.of(home, line.split(" ", -1));
        assertThat(run.exitCode()).isEqualTo(exitCode);
        assertThat(run.err()).contains(message).doesNotContain("Exception").doesNotContain("\tat ");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void secretThatCannotBePrinted_isReportedWithTheWayOut() {
        CommandRun run = withOutput("No space left on device", "keys", "create", "alice");
        assertThat(run.exitCode()).isEqualTo(74);
        assertThat(run.err())
                .contains("exists, but its secret could not be printed (No space left on device)")
                .contains("rotate it with --grace 0s");
    }

    @Test
    void brokenPipe_isSilent_otherLossesAreNot() {
        CommandRun.of(home, "keys", "create", "alice");
        CommandRun pipe = withOutput("Broken pipe", "keys", "list");
        assertThat(pipe.exitCode()).isEqualTo(74);
        assertThat(pipe.err()).isEmpty();
        CommandRun disk = withOutput("No space left on device", "keys", "list");
        assertThat(disk.exitCode()).isEqualTo(74);
        assertThat(disk.err()).isEqualTo("corral: standard output: No space left on device\n");
    }

    private CommandRun withOutput(String failure, String... arguments) {
        OutputStream failing = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(failure);
            }
        };
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Environment environment = new Environment(Map.of("XDG_STATE_HOME", home.toString()), home, home);
        Console console = new Console(new Output(failing), new Output(err), false, false, false, environment);
        int exitCode = new Program(console).run(arguments);
        return new CommandRun(exitCode, "", err.toString(StandardCharsets.UTF_8));
    }

    private Path keyFile() {
        return home.resolve("corral/keys.json");
    }

    private static JsonNode json(String text) throws IOException {
        return JsonMapper.builder().build().readTree(text);
    }
}
