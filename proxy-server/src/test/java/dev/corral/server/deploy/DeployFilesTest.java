package dev.corral.server.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.core.Limits;
import dev.corral.core.Timeouts;
import dev.corral.server.config.ConfigReader;
import dev.corral.server.config.ConfigResult;
import dev.corral.server.config.CorralConfig;
import dev.corral.server.config.Environment;
import dev.corral.server.config.Overrides;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Container, compose and unit files: what they promise about exposure, and that they fit the program's defaults. */
class DeployFilesTest {
    private static final Pattern JVM_OPTION = Pattern.compile("-(X|Dio\\.)[^\\s\\\\]+");

    @Test
    void compose_publishesOnlyCorral() {
        JsonNode services = DeployFiles.yaml("compose/compose.yaml").get("services");
        List<String> published = new ArrayList<>();
        services.properties().forEach(service -> {
            if (service.getValue().has("ports")) {
                published.add(service.getKey());
            }
            assertThat(service.getValue().has("network_mode"))
                    .as("%s on the host's network", service.getKey())
                    .isFalse();
        });
        assertThat(published).containsExactly("corral");
        assertThat(services.at("/corral/ports")).hasSize(1);
        assertThat(services.at("/corral/ports/0").asText()).isEqualTo("${CORRAL_PUBLISH:-127.0.0.1:11435}:11435");
    }

    @Test
    void compose_ollamaAndMonitoringHaveNoWayInOrOut() {
        JsonNode compose = DeployFiles.yaml("compose/compose.yaml");
        assertThat(strings(compose.at("/services/ollama/networks"))).containsExactly("upstream");
        assertThat(strings(compose.at("/services/prometheus/networks"))).containsExactly("monitoring");
        assertThat(strings(compose.at("/services/grafana/networks"))).containsExactly("monitoring");
        assertThat(compose.at("/networks/upstream/internal").asBoolean()).isTrue();
        assertThat(compose.at("/networks/monitoring/internal").asBoolean()).isTrue();
    }

    @Test
    void compose_everyServiceIsHardenedAndBounded() {
        DeployFiles.yaml("compose/compose.yaml").get("services").properties().forEach(service -> {
            JsonNode settings = service.getValue();
            String name = service.getKey();
            assertThat(settings.path("read_only").asBoolean()).as(name).isTrue();
            assertThat(strings(settings.path("cap_drop"))).as(name).containsExactly("ALL");
            assertThat(strings(settings.path("security_opt"))).as(name).containsExactly("no-new-privileges:true");
            assertThat(settings.has("mem_limit")).as(name).isTrue();
            assertThat(settings.has("pids_limit")).as(name).isTrue();
            assertThat(settings.path("image").asText()).as(name).contains(":").doesNotContain("latest");
        });
    }

    @Test
    void console_publishesOnLoopbackOnly() {
        JsonNode services = DeployFiles.yaml("compose/console.yaml").get("services");
        assertThat(services.fieldNames()).toIterable().containsExactlyInAnyOrder("prometheus", "grafana");
        for (JsonNode service : services) {
            assertThat(strings(service.get("ports"))).isNotEmpty().allMatch(port -> port.startsWith("127.0.0.1:"));
        }
    }

    @Test
    void stopping_leavesTimeForTheDrain() {
        Duration drain = Timeouts.DEFAULTS.drain();
        JsonNode compose = DeployFiles.yaml("compose/compose.yaml");
        assertThat(seconds(compose.at("/services/corral/stop_grace_period").asText()))
                .isGreaterThan(drain);
        assertThat(seconds(DeployFiles.unitSetting("systemd/corral.service", "TimeoutStopSec")))
                .isGreaterThan(drain);
    }

    @Test
    void openFiles_sufficeForEveryConnection() {
        long needed = 2L * Limits.DEFAULTS.connections();
        JsonNode compose = DeployFiles.yaml("compose/compose.yaml");
        assertThat(compose.at("/services/corral/ulimits/nofile/soft").asLong()).isGreaterThan(needed);
        assertThat(Long.parseLong(DeployFiles.unitSetting("systemd/corral.service", "LimitNOFILE")))
                .isGreaterThan(needed);
    }

    @Test
    void unit_doesNotRestartOnABadConfiguration() {
        assertThat(DeployFiles.unitSetting("systemd/corral.service", "RestartPreventExitStatus"))
                .contains("78");
    }

    @Test
    void ollamaDropIn_putsItOnLoopback() {
        assertThat(DeployFiles.unitSetting("systemd/ollama.service.d/corral.conf", "Environment"))
                .isEqualTo("OLLAMA_HOST=127.0.0.1:11434");
    }

    /** Where a library is missing the unit goes on without: with slower TLS, or refusing bodies. */
    @Test
    void stepsOfTheUnit_unpackEveryLibraryThatTheImageHas() {
        String steps = DeployFiles.text("README.md");
        List<String> libraries = Pattern.compile("[a-z_]*(?:epoll|tcnative_linux|zstd-jni|sqlitejdbc)")
                .matcher(DeployFiles.text("container/assemble"))
                .results()
                .map(match -> match.group())
                .distinct()
                .toList();
        assertThat(libraries).hasSizeGreaterThanOrEqualTo(4).allMatch(steps::contains);
    }

    @Test
    void containerAndUnit_giveTheJvmTheLaunchersOptions() {
        // The image runs the launcher; the unit runs Java with what the launcher has printed.
        assertThat(DeployFiles.text("container/assemble")).contains("corral\" \"$dest/bin/corral\"");
        String start = DeployFiles.unitSetting("systemd/corral.service", "ExecStart");
        assertThat(start).startsWith("/usr/bin/java @/opt/corral/java/${CORRAL_MEMORY} ");
        assertThat(DeployFiles.text("README.md")).contains("corral --java-options > /opt/corral/java/$memory");
        assertThat(jvmOptions("systemd/corral.service"))
                .isNotEmpty()
                .allMatch(option -> option.startsWith("-XX:SharedArchiveFile=") || option.startsWith("-Xlog:cds"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"small", "default", "large"})
    void launcher_printsOptionsForEachSizeOfMemory(String memory) throws Exception {
        Process process = launcher(memory);
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        Map<String, String> direct = Map.of("small", "128m", "default", "512m", "large", "2g");
        assertThat(printed.lines())
                .contains(
                        "-XX:MaxDirectMemorySize=" + direct.get(memory),
                        "-Dcorral.direct-memory=" + direct.get(memory),
                        "-XX:+ExitOnOutOfMemoryError",
                        "-Dio.netty.leakDetection.level=disabled")
                .allMatch(option -> option.startsWith("-"));
    }

    @Test
    void launcher_unknownSizeOfMemory_isAUsageError() throws Exception {
        Process process = launcher("tiny");
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isEqualTo(64);
        assertThat(printed).contains("CORRAL_MEMORY: \"tiny\" (expected: small, default or large)");
    }

    // The program is never reached, so that any file does.
    private static Process launcher(String memory) throws Exception {
        Path launcher = DeployFiles.ROOT.resolve("corral");
        ProcessBuilder builder =
                new ProcessBuilder("sh", launcher.toString(), "--java-options").redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("CORRAL_JAR", launcher.toString());
        builder.environment().put("CORRAL_MEMORY", memory);
        builder.environment().remove("CORRAL_JAVA_OPTS");
        return builder.start();
    }

    @Test
    void composeSettings_areValidAndLeadToOllama() {
        CorralConfig config = read("compose/corral.yaml");
        assertThat(config.core().listen().getAddress().isAnyLocalAddress()).isTrue();
        assertThat(config.core().listen().getPort()).isEqualTo(11435);
        assertThat(Objects.requireNonNull(config.admin().listen()).getPort()).isEqualTo(11436);
        assertThat(config.core().upstream().toString()).contains("ollama");
        assertThat(config.stateDir()).isEqualTo(Path.of("/var/lib/corral"));
        assertThat(strings(DeployFiles.yaml("compose/compose.yaml").at("/services/corral/volumes")))
                .contains("./corral.yaml:/etc/corral/corral.yaml:ro", "corral-state:/var/lib/corral");
    }

    @Test
    void imageSettings_areValidAndKeepTheAdminListenerInside() {
        CorralConfig config = read("container/corral.yaml");
        assertThat(config.core().listen().getAddress().isAnyLocalAddress()).isTrue();
        assertThat(Objects.requireNonNull(config.admin().listen()).getAddress().isLoopbackAddress())
                .isTrue();
        assertThat(config.stateDir()).isEqualTo(Path.of("/var/lib/corral"));
    }

    @Test
    void dockerfileCopiesOnlyWhatTheIgnoreFileLetsIn() throws Exception {
        List<String> allowed = Files.readAllLines(DeployFiles.ROOT.resolve(".dockerignore")).stream()
                .filter(line -> line.startsWith("!"))
                .map(line -> line.substring(1))
                .toList();
        List<String> copied = DeployFiles.text("container/Containerfile")
                .lines()
                .filter(line -> line.startsWith("COPY ") && !line.contains("--from="))
                .map(line -> List.of(line.split(" ")))
                .flatMap(words -> words.subList(1, words.size() - 1).stream())
                .toList();
        assertThat(copied).isNotEmpty().allMatch(source -> allowed.stream().anyMatch(source::startsWith));
    }

    private static CorralConfig read(String file) {
        Environment container =
                new Environment(Map.of("STATE_DIRECTORY", "/var/lib/corral"), Path.of("/"), Path.of("/var/lib/corral"));
        ConfigResult result = new ConfigReader(container).read(DeployFiles.path(file), Overrides.NONE);
        assertThat(result).as(file).isInstanceOf(ConfigResult.Valid.class);
        return ((ConfigResult.Valid) result).config();
    }

    private static List<String> jvmOptions(String file) {
        return DeployFiles.text(file)
                .lines()
                .filter(line -> !line.startsWith("#"))
                .flatMap(line -> JVM_OPTION.matcher(line).results().map(match -> match.group()))
                .toList();
    }

    private static List<String> strings(JsonNode list) {
        List<String> strings = new ArrayList<>();
        list.forEach(item -> strings.add(item.asText()));
        return strings;
    }

    private static Duration seconds(String text) {
        assertThat(text).endsWith("s");
        return Duration.ofSeconds(Long.parseLong(text.substring(0, text.length() - 1)));
    }
}
