package dev.corral.server.config;

import static dev.corral.server.config.Configs.ENVIRONMENT;
import static dev.corral.server.config.Configs.ETC;
import static dev.corral.server.config.Configs.problems;
import static dev.corral.server.config.Configs.valid;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.QueueSettings;
import dev.corral.core.spi.EndpointGroup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigReaderTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "# nothing\n", "---\n", "{}", "~", "timeouts:\nroles:\nlog:\n  access:\n"})
    void emptyFile_meansDefaults(String yaml) {
        assertThat(valid(yaml)).isEqualTo(Configs.defaults());
    }

    @Test
    void noFile_meansDefaults() {
        ConfigResult result = new ConfigReader(ENVIRONMENT).read(null, Overrides.NONE);

        assertThat(valid(result)).isEqualTo(Configs.defaults());
        assertThat(result.warnings()).isEmpty();
    }

    @Test
    void everySetting_arrivesInItsRecord() {
        CorralConfig config = valid("""
                listen: "[::1]:8000"
                admin: {listen: off}
                upstream: {url: "http://gpu:8080/", max-idle-connections: 7, idle-ttl: 8s, probe-interval: 9s,
                           models-interval: 11s}
                state-dir: /srv/corral
                anonymous-liveness: false
                public-url: https://gpu.lab/
                show-changes: true
                roles:
                  user: {groups: [inference]}
                  teacher: {groups: [read, web]}
                cors: {origins: ["https://chat.lab"], max-age: 1h}
                limits: {target-size: 1KiB, header-size: 2KiB, header-fields: 33, body-size: 3MiB,
                         upload-size: 5GiB, buffered-bodies: 4MiB, connections: 50, connections-per-address: 5,
                         strangers-per-minute: 6}
                queue: {waiting: 3, waiting-per-key: 2, max-wait: 1m, prefer-loaded: true}
                state: {url: "redis://127.0.0.1:1", when-away: local, prefix: barn}
                usage: {time-zone: Asia/Kolkata, retention: 40d}
                timeouts: {headers: 1s, keep-alive: 2s, body-progress: 3s, connect: 4s, first-byte: 50s, stream-idle: 6s,
                           long-stream-idle: 7s, client-stall: 8s, linger: 9s, drain: 10s}
                transport: nio
                event-loops: 3
                log:
                  level: debug
                  access: {file: "-", max-size: 1MiB, keep: 1, enabled: true}
                  audit: {file: ~/audit.log, max-size: 2MiB, keep: 2, enabled: false}
                """);

        assertThat(config.core().listen().getHostString()).isEqualTo("::1");
        assertThat(config.core().listen().getPort()).isEqualTo(8000);
        assertThat(config.admin().listen()).isNull();
        assertThat(config.core().upstream())
                .hasToString("UpstreamSettings[host=gpu, port=8080, maxIdlePerLoop=7, idleTtl=PT8S, probeInterval=PT9S,"
                        + " modelsInterval=PT11S, remote=null]");
        assertThat(config.stateDir()).isEqualTo(Path.of("/srv/corral"));
        assertThat(config.keysFile()).isEqualTo(Path.of("/srv/corral/keys.json"));
        assertThat(config.core().anonymousLiveness()).isFalse();
        assertThat(config.core().publicUrl()).isEqualTo("https://gpu.lab");
        assertThat(config.core().showChanges()).isTrue();
        assertThat(config.core().cors().origins()).containsExactly("https://chat.lab");
        assertThat(config.core().cors().maxAge()).isEqualTo(Duration.ofHours(1));
        assertThat(config.core().limits())
                .hasToString(
                        "Limits[targetBytes=1024, headerBytes=2048, headerFields=33, bodyBytes=3145728,"
                                + " uploadBytes=5368709120,"
                                + " bufferedBodyBytes=4194304, connections=50, connectionsPerAddress=5, streamsPerConnection=100, strangersPerMinute=6]");
        assertThat(config.core().timeouts())
                .hasToString("Timeouts[headers=PT1S, keepAlive=PT2S, bodyProgress=PT3S, connect=PT4S, firstByte=PT50S,"
                        + " streamIdle=PT6S, longStreamIdle=PT7S, clientStall=PT8S, linger=PT9S, drain=PT10S]");
        assertThat(config.core().queue()).isEqualTo(new QueueSettings(4, 3, 2, Duration.ofMinutes(1), true));
        assertThat(config.state()).hasToString("StateSettings[url=redis://127.0.0.1:1, whenAway=LOCAL, prefix=barn]");
        assertThat(config.usage()).isEqualTo(new UsageSettings(ZoneId.of("Asia/Kolkata"), Duration.ofDays(40)));
        assertThat(config.core().transport()).isEqualTo(Transport.NIO);
        assertThat(config.core().eventLoops()).isEqualTo(3);
        assertThat(config.log().level()).isEqualTo(LogLevel.DEBUG);
        assertThat(config.log().access()).isEqualTo(new LogFileSettings(null, 1 << 20, 1, true));
        assertThat(config.log().audit())
                .isEqualTo(new LogFileSettings(Path.of("/home/someone/audit.log"), 2 << 20, 2, false));
    }

    @Test
    void roleNamedInTheFile_replacesTheShippedOneWholeAndLeavesTheOther() {
        CorralConfig config = valid("roles:\n  user: {groups: [inference]}\n  guest: {groups: []}\n");

        assertThat(config.roles()).containsOnlyKeys("user", "admin", "guest");
        assertThat(config.roles().get("user")).isEqualTo(Role.safe("user", Set.of(EndpointGroup.INFERENCE)));
        assertThat(config.roles().get("guest")).isEqualTo(Role.safe("guest", Set.of()));
        assertThat(config.roles().get("admin")).isEqualTo(CorralConfig.SHIPPED_ROLES.get("admin"));
    }

    @Test
    void relativePath_isBelowTheFilesDirectory() {
        assertThat(valid("state-dir: state\n").stateDir()).isEqualTo(ETC.resolve("state"));
        assertThat(valid("keys-file: ../keys.json\n").keysFile()).isEqualTo(Path.of("/etc/keys.json"));
        assertThat(valid("keys-file: \"~\"\n").keysFile()).isEqualTo(Configs.HOME);
    }

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:11434, 127.0.0.1, 11434",
        "http://gpu, gpu, 80",
        "HTTP://gpu.lab:1/, gpu.lab, 1",
        "http://[::1]:11434, ::1, 11434",
        "http://ollama_1:11434, ollama_1, 11434"
    })
    void upstreamUrl_isSplit(String url, String host, int port) {
        CorralConfig config = valid("upstream: {url: \"" + url + "\"}");

        assertThat(config.core().upstream().host()).isEqualTo(host);
        assertThat(config.core().upstream().port()).isEqualTo(port);
    }

    @Test
    void everyProblem_isReportedAtOnceInTheOrderOfTheFile() {
        assertThat(problems("""
                                timeouts:
                                  keepalive: 60s
                                  connect: 2x
                                listen: here
                                roles: {user: {groups: [raed]}}
                                upstream: 5
                                lisen: 1
                                """))
                .containsExactly(
                        "timeouts.keepalive (line 2): unknown setting (did you mean `keep-alive`?)",
                        "timeouts.connect (line 3): \"2x\" (expected: a duration such as 10s, 5m, 12h)",
                        "listen (line 4): \"here\" (expected: ADDRESS:PORT with an IP address or localhost, such as"
                                + " 127.0.0.1:11435 or \"[::1]:11435\"; port 0 for any free one)",
                        "roles.user.groups[0] (line 5): \"raed\" (expected: one of liveness, read, inference, pull, push,"
                                + " delete, create, account, web; did you mean `read`?)",
                        "upstream (line 6): \"5\" (expected: a section with url, max-idle-connections, idle-ttl,"
                                + " probe-interval, models-interval, parallel)",
                        "lisen (line 7): unknown setting (did you mean `listen`?)");
    }

    @Test
    void overrides_replaceTheFileAndAreReportedByTheirName() {
        Overrides overrides = new Overrides("nowhere", "https://gpu", "0.0.0.0:1", "${X}/keys.json");

        ConfigResult result = new ConfigReader(ENVIRONMENT)
                .read("listen: also wrong\nupstream: {url: http://other}\nevent-loops: x", ETC, overrides);

        assertThat(problems(result))
                .containsExactly(
                        "--listen: \"nowhere\" (expected: ADDRESS:PORT with an IP address or localhost, such as"
                                + " 127.0.0.1:11435 or \"[::1]:11435\"; port 0 for any free one)",
                        "--upstream: \"https://gpu\" (expected: http://HOST:PORT; https to the upstream is not supported)",
                        "event-loops (line 3): \"x\" (expected: a whole number, 0 to 256)");
        assertThat(result.warnings()).extracting(Problem::path).containsExactly("--admin-listen");
    }

    @Test
    void overrides_areUsedWithoutAFile() {
        Overrides overrides = new Overrides("127.0.0.1:0", "http://localhost:9", "off", "keys/k.json");

        CorralConfig config = valid(new ConfigReader(ENVIRONMENT).read(null, overrides));

        assertThat(config.core().listen().getPort()).isZero();
        assertThat(config.core().upstream().host()).isEqualTo("localhost");
        assertThat(config.admin().listen()).isNull();
        assertThat(config.keysFile()).isEqualTo(Path.of("/srv/keys/k.json"));
    }

    @Test
    void file_isReadWithItsNameInProblems(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("c.yaml");
        Files.writeString(file, "\ufefflisten: 127.0.0.1:1\nstate-dir: s\n");
        ConfigReader reader = new ConfigReader(ENVIRONMENT);

        CorralConfig config = valid(reader.read(file, Overrides.NONE));
        assertThat(config.core().listen().getPort()).isEqualTo(1);
        assertThat(config.stateDir()).isEqualTo(directory.resolve("s"));

        Files.writeString(file, "- a\n");
        assertThat(problems(reader.read(file, Overrides.NONE)))
                .containsExactly(file + " (line 1): a list (expected: settings such as `listen: 127.0.0.1:11435`)");
        Files.write(file, "a: 1\nb: \u00fc".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(problems(reader.read(file, Overrides.NONE))).containsExactly(file + " (line 2): not UTF-8 text");
        Files.write(file, new byte[ConfigReader.MAX_FILE + 1]);
        assertThat(problems(reader.read(file, Overrides.NONE)))
                .containsExactly(file + ": too long (expected: at most 1MiB)");
        assertThat(problems(reader.read(directory, Overrides.NONE)))
                .containsExactly(directory + ": a directory (expected: a YAML file)");
        assertThat(problems(reader.read(directory.resolve("none"), Overrides.NONE)))
                .containsExactly(directory.resolve("none") + ": does not exist (expected: a YAML file)");
    }

    @Test
    void utf8CutInTheMiddle_isAProblem(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("c.yaml");
        Files.write(file, new byte[] {'#', ' ', (byte) 0xc3});

        assertThat(problems(new ConfigReader(ENVIRONMENT).read(file, Overrides.NONE)))
                .containsExactly(file + " (line 1): not UTF-8 text");
    }

    @Test
    void stateDirectory_followsSystemdThenXdgThenHome() {
        assertThat(stateDir(Map.of("STATE_DIRECTORY", "/var/lib/corral:/b", "XDG_STATE_HOME", "/x")))
                .isEqualTo(Path.of("/var/lib/corral"));
        assertThat(stateDir(Map.of("STATE_DIRECTORY", "", "XDG_STATE_HOME", "/x")))
                .isEqualTo(Path.of("/x/corral"));
        assertThat(stateDir(Map.of("XDG_STATE_HOME", "relative")))
                .isEqualTo(Path.of("/home/someone/.local/state/corral"));
    }

    private static Path stateDir(Map<String, String> variables) {
        return valid(new ConfigReader(Configs.environment(variables)).read(null, Overrides.NONE))
                .stateDir();
    }

    @Test
    void fileThatIsNotYaml_isNotComparedWithTheCommandLine() {
        Overrides overrides = new Overrides("127.0.0.1:11436", null, null, null);

        assertThat(problems(new ConfigReader(ENVIRONMENT).read("admin: {listen: off}\n%\n", ETC, overrides)))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {":", "a.", "0", "[", "1.1", "a", "-", "/", "https://", "${A}", "$${", "x:"})
    void endlessValue_isReadInNoTimeWhateverTheSetting(String piece) {
        String value = piece.repeat(20_000 / piece.length());
        StringBuilder yaml = new StringBuilder("cors: {origins: [\"http://" + value + "\"]}\n");
        for (String section : List.of("", "admin", "upstream", "limits", "timeouts", "log")) {
            yaml.append(section.isEmpty() ? "" : section + ":\n");
            Settings.keysOf(section).stream()
                    .filter(key -> Settings.at(section.isEmpty() ? key : section + "." + key) != null)
                    .forEach(key -> yaml.append(section.isEmpty() ? "" : "  ").append(key + ": \"" + value + "\"\n"));
        }

        yaml.append("roles:\n  a:\n    groups: [\"" + value + "\"]\n    models: {allow: [\"" + value + "\"]}\n");
        yaml.append("    rules:\n");
        rules().members().forEach(rule -> yaml.append("      " + rule.key() + ": \"" + value + "\"\n"));
        yaml.append("    exceptions: [{models: [a], rules: {options: {num_ctx: \"clamp " + value + "\"}}}]\n");

        assertThat(assertTimeoutPreemptively(Duration.ofSeconds(30), () -> problems(yaml.toString())))
                .hasSizeGreaterThan(20)
                .allSatisfy(problem -> assertThat(problem).hasSizeLessThan(600));
    }

    private static Section<?> rules() {
        return Section.inner(RuleSettings.RULES).orElseThrow();
    }

    @Test
    void problemText_hasNoControlCharacters() {
        List<String> problems = problems("\"a\\e[31m\\nb\": 1\nlisten: \"\\e]0;x\\a\\u202e\"\n");

        assertThat(problems)
                .hasSize(2)
                .allSatisfy(problem -> assertThat(problem).matches("[ -~]+"));
        assertThat(problems.get(0)).startsWith("a\\u001b[31m\\u000ab (line 1): unknown setting");
    }
}
