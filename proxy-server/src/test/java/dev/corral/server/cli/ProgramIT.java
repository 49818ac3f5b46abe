package dev.corral.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.corral.server.demo.StandInOllama;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as its users start it: a process, its outputs, its signals. */
class ProgramIT {
    private static final String SECRET = "crl_\\w{8}_\\w{40,60}";
    private static final String CLIENTS = "^  clients +(http://\\S+)$";
    private static final String ADMIN = "^  admin +(http://\\S+) ";
    private static final String[] ANY_PORTS = {"--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"};

    @TempDir
    Path home;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private StandInOllama ollama;

    @BeforeEach
    void start() throws IOException {
        ollama = StandInOllama.start();
    }

    @AfterEach
    void stop() {
        ollama.close();
    }

    @Test
    void firstStartWithAConfigurationThatWasNamed_namesItForMoreKeys() throws Exception {
        Path file = Files.writeString(home.resolve("l.yaml"), "listen: 127.0.0.1:0\nadmin: {listen: \"off\"}\n");
        try (CorralProcess corral = new CorralProcess(home, "serve", "--config", "l.yaml")) {
            assertThat(corral.awaitLine("^More keys: (.*)$"))
                    .isEqualTo("corral keys create NAME --config " + file.toRealPath());
        }
    }

    @Test
    void checkIntoItsOwnConfiguration_isRefusedInsteadOfShowingDefaults() throws Exception {
        Path file = Files.writeString(home.resolve("corral.yaml"), "public-url: https://gpu.lab\n");
        try (CorralProcess corral = CorralProcess.into(file, home, "check")) {
            assertThat(corral.exitCode()).isEqualTo(78);
            assertThat(corral.err()).contains("standard output is the configuration " + file.toRealPath() + " itself");
            assertThat(file).isEmptyFile();
        }
        Files.writeString(file, "public-url: https://gpu.lab\n");
        Path other = home.resolve("all-settings.yaml");
        try (CorralProcess corral = CorralProcess.into(other, home, "check")) {
            assertThat(corral.exitCode()).isZero();
            assertThat(other).content().contains("https://gpu.lab");
        }
    }

    @Test
    void firstStart_createsTwoKeysThatWork_secondStartNone() throws Exception {
        String secrets;
        try (CorralProcess corral = serve()) {
            String url = corral.awaitLine(CLIENTS);
            String admin = corral.awaitLine("^  admin  (" + SECRET + ")$");
            String user = corral.awaitLine("^  user   (" + SECRET + ")$");
            assertThat(status(url + "/api/tags", admin)).isEqualTo(200);
            assertThat(status(url + "/api/tags", user)).isEqualTo(200);
            assertThat(status(url + "/api/tags", user.substring(0, user.length() - 1)))
                    .isEqualTo(401);
            assertThat(corral.err()).doesNotContain(admin).doesNotContain(user);
            corral.terminate();
            assertThat(corral.exitCode()).isZero();
            secrets = admin.substring(13) + "|" + user.substring(13);
        }
        try (CorralProcess corral = serve()) {
            corral.awaitLine(CLIENTS);
            assertThat(corral.awaitLine("^  keys +(\\d active)")).isEqualTo("2 active");
            corral.terminate();
            assertThat(corral.exitCode()).isZero();
            assertThat(corral.out()).doesNotContainPattern(SECRET);
        }
        try (Stream<Path> files = Files.walk(home)) {
            assertThat(files.filter(Files::isRegularFile).toList())
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                            .doesNotContainPattern(secrets));
        }
    }

    @Test
    void firstStartIntoTheJournal_printsNoSecretButSaysHowToMakeAKey() throws Exception {
        try (CorralProcess corral =
                CorralProcess.inJournal(home, serveArguments(ollama.url().toString()))) {
            String url = corral.awaitLine(CLIENTS);
            corral.awaitLine(
                    "warning: no key is good, .* corral keys create NAME --role admin --keys-file /.*keys.json");
            String key = CommandRun.of(home, "keys", "create", "alice")
                    .out()
                    .lines()
                    .findFirst()
                    .orElseThrow();
            awaitStatus(url, key, 200);
            corral.terminate();
            assertThat(corral.exitCode()).isZero();
            assertThat(corral.out()).isEmpty();
            assertThat(corral.err()).doesNotContain("ERROR").doesNotContainPattern(SECRET);
        }
    }

    @Test
    void portInUse_exits69AndSaysHowToChooseAnother() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + taken.getLocalPort();
            try (CorralProcess corral = new CorralProcess(home, "serve", "--listen", address)) {
                assertThat(corral.exitCode()).isEqualTo(69);
                assertThat(corral.err())
                        .contains("cannot listen on " + address + ": the address is in use")
                        .contains("--listen HOST:PORT")
                        .doesNotContain("\tat ");
                // Nobody has seen secrets that were made for a start that failed.
                assertThat(corral.out()).isEmpty();
                assertThat(home.resolve("corral/keys.json")).doesNotExist();
            }
            try (CorralProcess corral =
                    new CorralProcess(home, "serve", "--listen", "127.0.0.1:0", "--admin-listen", address)) {
                assertThat(corral.exitCode()).isEqualTo(69);
                assertThat(corral.err()).contains("--admin-listen HOST:PORT");
            }
        }
    }

    @Test
    void brokenKeyFile_exits65AndStaysAsItIs() throws Exception {
        Path keys = Files.createDirectory(home.resolve("corral")).resolve("keys.json");
        Files.writeString(keys, "{\"keys\": oops");
        try (CorralProcess corral = serve()) {
            assertThat(corral.exitCode()).isEqualTo(65);
            assertThat(corral.err()).contains("keys.json").doesNotContain("\tat ");
        }
        assertThat(keys).hasContent("{\"keys\": oops");
    }

    @Test
    void brokenConfiguration_isToldWholeByCheckAndByServe() throws Exception {
        Files.writeString(home.resolve("corral.yaml"), "listen: nowhere\nlimit: {}\n");
        for (String command : List.of("check", "serve")) {
            try (CorralProcess corral = new CorralProcess(home, command)) {
                assertThat(corral.exitCode()).isEqualTo(78);
                assertThat(corral.err())
                        .contains("2 problems")
                        .contains("listen (line 1)")
                        .contains("limit (line 2)");
            }
        }
    }

    @Test
    void createdAndRevokedKeys_areNoticedByARunningServer() throws Exception {
        // Who asks this often with a key that is not good is locked out, and gets 429.
        Files.writeString(home.resolve("corral.yaml"), "lockout: {enabled: false}\n");
        try (CorralProcess corral = serve()) {
            String url = corral.awaitLine(CLIENTS);
            String key = CommandRun.of(home, "keys", "create", "alice")
                    .out()
                    .lines()
                    .findFirst()
                    .orElseThrow();
            awaitStatus(url, key, 200);
            CommandRun.of(home, "keys", "revoke", "alice");
            Duration noticed = awaitStatus(url, key, 401);
            // One second is the promise; a build machine under load gets another.
            assertThat(noticed).isLessThan(Duration.ofSeconds(2));
        }
    }

    @Test
    void upstreamAway_isSaidOnce_andItsReturnToo() throws Exception {
        ollama.close();
        // Refuses connections as long as it does not listen, and nobody else gets its port.
        Socket held = new Socket();
        held.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        int port = held.getLocalPort();
        String upstream = "http://127.0.0.1:" + port;
        HttpServer late = null;
        try (CorralProcess corral = new CorralProcess(home, serveArguments(upstream))) {
            String url = corral.awaitLine(CLIENTS);
            String user = corral.awaitLine("^  user   (" + SECRET + ")$");
            corral.awaitLine("warning: upstream " + upstream + " does not answer \\(connection refused\\)");
            assertThat(status(url + "/api/version", user)).isEqualTo(502);
            assertThat(status(corral.awaitLine(ADMIN) + "/readyz", null)).isEqualTo(503);
            held.close();
            late = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
            late.createContext("/", exchange -> {
                byte[] body = "{\"version\":\"0\"}".getBytes(StandardCharsets.US_ASCII);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
                exchange.close();
            });
            late.start();
            corral.awaitLine("INFO  upstream " + upstream + " answers$");
            assertThat(status(url + "/api/version", user)).isEqualTo(200);
            assertThat(status(corral.awaitLine(ADMIN) + "/readyz", null)).isEqualTo(200);
        } finally {
            held.close();
            if (late != null) {
                late.stop(0);
            }
        }
    }

    @Test
    void sigterm_letsARunningStreamFinish() throws Exception {
        try (CorralProcess corral = serve()) {
            String url = corral.awaitLine(CLIENTS);
            String admin = corral.awaitLine(ADMIN);
            try (Stream<String> lines = stream(corral, url, 100).body()) {
                List<String> frames = lines.peek(line -> {
                            // The first frame is here and the last is seconds away: the signal hits a running stream.
                            if (line.contains("\"This\"")) {
                                corral.terminate();
                                corral.awaitLine("SIGTERM: 1 exchanges are running");
                                assertThat(status(admin + "/readyz", null)).isEqualTo(503);
                            }
                        })
                        .toList();
                assertThat(frames.get(frames.size() - 1)).contains("\"done\":true");
            }
            assertThat(corral.exitCode()).isZero();
            assertThat(corral.err()).contains("stopped; every exchange was finished");
        }
    }

    @Test
    void secondSigterm_endsAtOnce() throws Exception {
        try (CorralProcess corral = serve()) {
            String url = corral.awaitLine(CLIENTS);
            try (Stream<String> lines = stream(corral, url, 5000).body()) {
                assertThat(lines.iterator().next()).contains("\"This\"");
                corral.terminate();
                corral.awaitLine("the same again to end at once");
                assertThat(corral.isAlive()).isTrue();
                corral.terminate();
                assertThat(corral.exitCode()).isZero();
            }
            assertThat(corral.err()).contains("stopped; 1 exchanges were cut");
        }
        CorralProcess.await("generation stops", () -> ollama.generating() == 0);
    }

    @Test
    void demo_printsLinesThatWork_andLeavesNothing() throws Exception {
        try (CorralProcess corral = new CorralProcess(home, demoArguments())) {
            corral.awaitLine("^Ctrl-C ends the demo");
            String url = corral.awaitLine("^Corral listens on (http://[0-9.:]+)\\.");
            String key = corral.awaitLine("Bearer (" + SECRET + ")'");
            assertThat(corral.out().lines().filter(line -> line.startsWith("curl ")))
                    .hasSize(7);
            assertThat(status(url + "/api/tags", key)).isEqualTo(200);
            assertThat(status(url + "/api/tags", null)).isEqualTo(401);
            HttpResponse<String> answer = http.send(
                    request(url + "/v1/chat/completions", key)
                            .POST(
                                    HttpRequest.BodyPublishers.ofString(
                                            "{\"model\":\"stand-in\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.body()).contains("built-in stand-in for Ollama; it repeats your words: hello");
            HttpResponse<String> pull = http.send(
                    request(url + "/api/pull", key)
                            .POST(HttpRequest.BodyPublishers.ofString("{\"model\":\"x\"}"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(pull.statusCode()).isEqualTo(403);
            corral.terminate();
            assertThat(corral.exitCode()).isZero();
        }
        assertThat(home.resolve("tmp")).isEmptyDirectory();
    }

    private CorralProcess serve() throws IOException {
        return new CorralProcess(home, serveArguments(ollama.url().toString()));
    }

    private static String[] serveArguments(String upstream) {
        return Stream.concat(Stream.of("serve", "--upstream", upstream), Stream.of(ANY_PORTS))
                .toArray(String[]::new);
    }

    private static String[] demoArguments() {
        return Stream.concat(Stream.of("demo"), Stream.of(ANY_PORTS)).toArray(String[]::new);
    }

    private HttpResponse<Stream<String>> stream(CorralProcess corral, String url, int words) throws Exception {
        String user = corral.awaitLine("^  user   (" + SECRET + ")$");
        String body = "{\"model\":\"stand-in\",\"prompt\":\"" + "word ".repeat(words) + "\"}";
        return http.send(
                request(url + "/api/generate", user)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofLines());
    }

    private Duration awaitStatus(String url, String key, int wanted) {
        long began = System.nanoTime();
        CorralProcess.await("status " + wanted, () -> status(url + "/api/version", key) == wanted);
        return Duration.ofNanos(System.nanoTime() - began);
    }

    private int status(String url, @Nullable String key) {
        try {
            return http.send(request(url, key).build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static HttpRequest.Builder request(String url, @Nullable String key) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).timeout(CorralProcess.PATIENCE);
        return key == null ? request : request.header("Authorization", "Bearer " + key);
    }
}
