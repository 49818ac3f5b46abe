package dev.corral.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.route.RouteTable;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CanonicalTargetTest {
    @ParameterizedTest
    @CsvSource({
        "/, /",
        "/api/pull, /api/pull",
        "/api/pull?x=1, /api/pull",
        "/api/pull?, /api/pull",
        "/api/pull?a=%2e%2e/%zz;b\\c&d=//, /api/pull",
        "/?/../.., /",
        "/v1/models/llama3:8b, /v1/models/llama3:8b",
        "/v1/models/a.b, /v1/models/a.b",
        "/Api/Chat, /Api/Chat",
        "/api/pull/, /api/pull/",
        "/api/pull., /api/pull.",
        "/a..b/c, /a..b/c",
        "/~a@b!$&'()*+=:, /~a@b!$&'()*+=:",
        "http://lab:1/api/tags, /api/tags",
        "HTTP://LAB:1/api/tags, /api/tags",
        "https://lab:1/api/tags?x, /api/tags",
        "http://lab:1, /",
        "http://lab:1/, /",
    })
    void plainTarget_isItsPath(String target, String path) {
        assertThat(CanonicalTarget.path(target, "lab:1")).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "*",
                "api/pull",
                "?x",
                "//",
                "//api/pull",
                "//evil/api",
                "/api//pull",
                "/api/pull//",
                "/.",
                "/..",
                "/./api/pull",
                "/../api/pull",
                "/api/./pull",
                "/api/../pull",
                "/api/chat/../pull",
                "/api/pull/.",
                "/api/pull/..",
                "/.git",
                "/api/.hidden",
                "/%",
                "/%61pi/pull",
                "/api/%70ull",
                "/api%2fpull",
                "/api%2Fpull",
                "/api/%2e%2e/pull",
                "/api/%2570ull",
                "/api/pull%00",
                "/api/pull%zz",
                "/api/pull;x=1",
                "/api;/pull",
                "/api\\pull",
                "\\api\\pull",
                "/api/pull#frag",
                "/api/pull?x#frag",
                "/api/pull?x y",
                "/api/pull?\u00e4",
                "/api/pull?\u0000",
                "/api/pu ll",
                "/api/pull\t",
                "/api/pull\u007f",
                "/api/p\u00fcll",
                "/api/\uff50ull",
                "/api\u2215pull",
                "lab:1",
                "lab:1/api/pull",
                "http:/api/pull",
                "http:///api/pull",
                "http://evil/api/pull",
                "http://lab/api/pull",
                "http://lab:10/api/pull",
                "http://u@lab:1/api/pull",
                "http://lab:1@evil/api/pull",
                "http://lab:1?x",
                "http://lab:1#x",
                "http://lab:1//api/pull",
                "http://lab:1/../api/pull",
                "http://lab:1/api/%70ull",
                "http://lab:1\\api",
                " http://lab:1/api/pull",
                "ws://lab:1/api/pull",
                "ftp://lab:1/api/pull",
                "httpx://lab:1/api/pull",
                "file:///api/pull",
            })
    void targetToInterpret_isRefused(String target) {
        assertThat(CanonicalTarget.path(target, "lab:1")).isNull();
    }

    @Test
    void absoluteTargetWithoutHost_isRefused() {
        assertThat(CanonicalTarget.path("http://lab:1/api/tags", null)).isNull();
        assertThat(CanonicalTarget.path("/api/tags", null)).isEqualTo("/api/tags");
    }

    /** Ollama's routers clean a path segment by segment and match what percent-decoding gives (ollama-api 1.3). */
    @Test
    void whateverIsAccepted_bothOfOllamasRoutersReadTheSame() {
        String[] parts = {
            "/", "/", "//", ".", "..", "/./", "/../", "%", "%2f", "%2e", "%70", "%00", "%zz", ";", ";x=1", "\\", "#",
                    "?", "?x=",
            "api", "pull", "chat", "v1", "models", "a", "Z", "0", "-", "_", "~", ":", "@", "*", "+", " ", "\t",
                    "\u0000", "\u007f",
            "\u0080", "\u00ff", "http://", "https://", "lab", "lab:1", "evil"
        };
        Random random = new Random(20_261_122);
        int accepted = 0;
        for (int round = 0; round < 300_000; round++) {
            StringBuilder target = new StringBuilder(random.nextInt(4) == 0 ? "" : "/");
            for (int left = random.nextInt(7); left > 0; left--) {
                target.append(parts[random.nextInt(parts.length)]);
            }
            String path = CanonicalTarget.path(target.toString(), "lab:1");
            if (path != null) {
                accepted++;
                assertSpelledOnce(target.toString(), path);
            }
        }
        assertThat(accepted)
                .as("accepted targets, to know that something was tried")
                .isGreaterThan(1_000);
    }

    private static void assertSpelledOnce(String target, String path) {
        assertThat(path)
                .as(target)
                .startsWith("/")
                .matches("[!-~]+")
                .doesNotContain("%", "//", "/.", ";", "\\", "#", "?");
        assertThat(goCleanPath(path)).as(target).isEqualTo(path);
        // Read as a URI, the target means the same resource.
        int query = target.indexOf('?');
        String resource = query < 0 ? target : target.substring(0, query);
        String authority = resource.startsWith("/") ? "" : resource.substring(0, resource.indexOf("lab:1") + 5);
        assertThat(authority).as(target).matches("|https?://lab:1");
        assertThat(resource.substring(authority.length())).as(target).isIn(path, path.equals("/") ? "" : path);
        assertThat(CanonicalTarget.path(path, null))
                .as("canonical form of %s", path)
                .isEqualTo(path);
    }

    // Go net/http/server.go:cleanPath with path.Clean, which ServeMux redirects by.
    private static String goCleanPath(String path) {
        List<String> kept = new ArrayList<>();
        for (String segment : path.split("/", -1)) {
            if (segment.equals("..")) {
                if (!kept.isEmpty()) {
                    kept.remove(kept.size() - 1);
                }
            } else if (!segment.isEmpty() && !segment.equals(".")) {
                kept.add(segment);
            }
        }
        String cleaned = "/" + String.join("/", kept);
        return path.endsWith("/") && !cleaned.equals("/") ? cleaned + "/" : cleaned;
    }

    @Test
    void everyRoutableTarget_isAPlainUri() {
        RouteTable routes = new RouteTable();
        Random random = new Random(7);
        String alphabet = "abz09._-:=%/;\\ ?#~";
        int found = 0;
        for (int round = 0; round < 100_000; round++) {
            StringBuilder target = new StringBuilder(random.nextBoolean() ? "/v1/models/" : "/api/blobs/");
            for (int left = random.nextInt(6); left > 0; left--) {
                target.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            @Nullable String path = CanonicalTarget.path(target.toString(), null);
            if (path != null && routes.find(path) != null) {
                found++;
                URI uri = URI.create(path);
                assertThat(uri.getRawPath()).isEqualTo(path).isEqualTo(uri.getPath());
                assertThat(uri.normalize().getPath()).isEqualTo(path);
            }
        }
        assertThat(found).isGreaterThan(1_000);
    }
}
