package dev.corral.server.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.core.Limits;
import dev.corral.core.Timeouts;
import dev.corral.core.spi.AddressText;
import dev.corral.server.config.ConfigReader;
import dev.corral.server.config.ConfigResult;
import dev.corral.server.config.CorralConfig;
import dev.corral.server.config.Environment;
import dev.corral.server.config.Overrides;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The example with replicas: that its files fit each other and the program's defaults. */
class ReplicaFilesTest {
    private final JsonNode services = DeployFiles.yaml("replicas/compose.yaml").get("services");

    @Test
    void onlyTheBalancer_isPublished() {
        services.properties().forEach(service -> {
            assertThat(service.getValue().has("ports"))
                    .as(service.getKey())
                    .isEqualTo(service.getKey().equals("balancer"));
            assertThat(service.getValue().path("read_only").asBoolean())
                    .as(service.getKey())
                    .isTrue();
        });
        assertThat(services.at("/balancer/ports/0").asText()).isEqualTo("${CORRAL_PUBLISH:-127.0.0.1:11435}:11435");
        for (String inner : new String[] {"inside", "upstream", "state"}) {
            assertThat(DeployFiles.yaml("replicas/compose.yaml")
                            .at("/networks/" + inner + "/internal")
                            .asBoolean())
                    .as(inner)
                    .isTrue();
        }
    }

    @Test
    void settings_areValidAndShareWhatReplicasMust() {
        CorralConfig config = settings();
        assertThat(config.state().url().toString()).contains("redis:6379");
        assertThat(config.stateDir()).isEqualTo(Path.of("/var/lib/corral"));
        long replicas = services.properties().stream()
                .filter(service -> service.getKey().startsWith("corral-"))
                .count();
        assertThat(config.core().queue().parallel() * replicas)
                .isPositive()
                .isEqualTo(
                        services.at("/ollama/environment/OLLAMA_NUM_PARALLEL").asLong());
    }

    @Test
    void balancersAddress_isBelievedAndNobodyElses() {
        assertThat(services.at("/corral-a").has("ports")).isFalse();
        for (String docker : new String[] {"172.17.0.2", "172.31.255.254", "192.168.16.3", "10.0.1.2"}) {
            assertThat(settings()
                            .core()
                            .edge()
                            .trustedProxies()
                            .contains(Objects.requireNonNull(AddressText.address(docker))))
                    .as(docker)
                    .isTrue();
        }
        // In the place of what the client wrote, not behind it.
        assertThat(directive("proxy_set_header X-Forwarded-For")).isEqualTo("$remote_addr");
    }

    @Test
    void balancer_passesEverythingOnAtOnceAndLastsLonger() {
        assertThat(directive("proxy_buffering")).isEqualTo("off");
        assertThat(directive("proxy_request_buffering")).isEqualTo("off");
        assertThat(directive("client_max_body_size")).isEqualTo("0");
        assertThat(directive("proxy_read_timeout")).isEqualTo("1h");
        assertThat(Timeouts.DEFAULTS.firstByte()).isLessThan(Duration.ofHours(1));
        assertThat(directive("proxy_next_upstream")).isEqualTo("error");
        assertThat(Integer.parseInt(directive("worker_shutdown_timeout").replace("s", "")))
                .isGreaterThan((int) Timeouts.DEFAULTS.drain().toSeconds());
        assertThat(services.at("/corral-a/ulimits/nofile/soft").asLong())
                .isGreaterThan(2L * Limits.DEFAULTS.connections());
    }

    private static CorralConfig settings() {
        Environment container = new Environment(
                Map.of("STATE_DIRECTORY", "/var/lib/corral", "REDIS_PASSWORD", "secret"),
                Path.of("/"),
                Path.of("/var/lib/corral"));
        ConfigResult result =
                new ConfigReader(container).read(DeployFiles.path("replicas/corral.yaml"), Overrides.NONE);
        assertThat(result).isInstanceOf(ConfigResult.Valid.class);
        return ((ConfigResult.Valid) result).config();
    }

    private static String directive(String name) {
        Matcher found = Pattern.compile("(?m)^\\s*" + Pattern.quote(name) + "\\s+([^;]+);")
                .matcher(DeployFiles.text("replicas/nginx.conf"));
        assertThat(found.find()).as(name).isTrue();
        return found.group(1);
    }
}
