package dev.corral.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.spi.Dialect;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.EndpointGroup;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RouteTableTest {
    private final RouteTable routes = new RouteTable();

    @ParameterizedTest
    @EnumSource(Endpoint.class)
    void everyEndpoint_isFoundByItsPattern(Endpoint endpoint) {
        assertThat(routes.find(example(endpoint))).isEqualTo(endpoint);
    }

    @ParameterizedTest
    @EnumSource(value = Endpoint.class, mode = EnumSource.Mode.EXCLUDE, names = "ROOT")
    void variantsOfAPattern_areNoRoutes(Endpoint endpoint) {
        String path = example(endpoint);
        for (String variant : new String[] {
            path + "/",
            path + "/x",
            path + " ",
            path + "%20",
            path + ";x",
            path + "?x",
            path + "\0",
            "/" + path,
            path.substring(1),
            path.substring(0, path.lastIndexOf('/')),
            path.substring(0, path.lastIndexOf('/') + 1),
            path.toUpperCase(Locale.ROOT),
            "/x" + path,
            path.replaceFirst("/", "/./"),
            ""
        }) {
            Endpoint found = routes.find(variant);
            // Of all patterns only these two are one another's extension.
            boolean otherRoute = found == Endpoint.MODEL && endpoint == Endpoint.MODELS
                    || found == Endpoint.MODELS && endpoint == Endpoint.MODEL;
            assertThat(otherRoute ? null : found).as(variant).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/debug/pprof",
                "/debug/pprof/",
                "/debug/pprof/heap",
                "/metrics",
                "/health",
                "/api",
                "/api/",
                "/api/pulls",
                "/api/models",
                "/api/generate/stream",
                "/v1",
                "/v1/chat",
                "/v1/messages/count_tokens",
                "/v1/images/generations",
                "/v1/files",
                "/api/experimental/aliases",
                "/api/blobs",
                "/api/blobs/",
                "/api/blobs/a/b",
                "/v1/models/hf.co/a/b",
                "/api/user/keys",
                "/*",
                "*",
                "//",
            })
    void unknownPath_isNoRoute(String path) {
        assertThat(routes.find(path)).isNull();
    }

    @Test
    void variableSegment_isOneBoundedName() {
        String digest = "sha256:" + "0".repeat(64);
        assertThat(routes.find("/api/blobs/" + digest)).isEqualTo(Endpoint.BLOB);
        assertThat(routes.find("/api/blobs/" + digest.replace(':', '-'))).isEqualTo(Endpoint.BLOB);
        assertThat(routes.find("/v1/models/llama3.2:8b-instruct_Q4")).isEqualTo(Endpoint.MODEL);
        assertThat(routes.find("/api/user/keys/AAAAC3Nza=")).isEqualTo(Endpoint.USER_KEY);
        assertThat(routes.find("/v1/models/" + "m".repeat(512))).isEqualTo(Endpoint.MODEL);

        assertThat(routes.find("/v1/models/" + "m".repeat(513))).isNull();
        for (char c = 0; c < 0x120; c++) {
            boolean name = c < 0x80 && (Character.isLetterOrDigit(c) || "._-:=".indexOf(c) >= 0);
            assertThat(routes.find("/v1/models/a" + c + "b"))
                    .as("char %x", (int) c)
                    .isEqualTo(name ? Endpoint.MODEL : null);
        }
    }

    @Test
    void patterns_areDistinctAndCanonical() {
        Set<String> seen = new HashSet<>();
        for (Endpoint endpoint : Endpoint.values()) {
            assertThat(seen.add(endpoint.pattern())).as(endpoint.pattern()).isTrue();
            assertThat(endpoint.pattern()).matches("/|(/[a-z0-9_-]+)+(/:[a-z]+)?");
            assertThat(endpoint.methods()).isNotEmpty().allMatch(method -> method.matches("[A-Z]+"));
            assertThat(endpoint.dialect()).isEqualTo(Dialect.ofPath(example(endpoint)));
        }
    }

    @Test
    void onlyEndpointsThatRead_areReplaySafe() {
        for (Endpoint endpoint : Endpoint.values()) {
            assertThat(endpoint.replaySafe()).as(endpoint.name()).isEqualTo(endpoint.group() == EndpointGroup.READ);
        }
    }

    @Test
    void everyGroup_hasAnEndpoint() {
        for (EndpointGroup group : EndpointGroup.values()) {
            assertThat(Endpoint.values()).as(group.configName()).anyMatch(endpoint -> endpoint.group() == group);
        }
    }

    private static String example(Endpoint endpoint) {
        return endpoint.pattern().replaceAll(":[a-z]+", "some-name:1");
    }
}
