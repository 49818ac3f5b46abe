package dev.corral.server.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.corral.core.spi.UpstreamCredential;
import dev.corral.server.connect.ConnectException.Reason;
import dev.corral.server.demo.StandInOllama;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs of this machine, the helper, and an HTTP server for the other Corral. */
final class LocalHelperIT {
    private static final LocalAddress ANY_PORT = new LocalAddress("127.0.0.1", 0);

    private final List<String> seen = new CopyOnWriteArrayList<>();
    private HttpServer remote;

    @BeforeEach
    void start() throws IOException {
        remote = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        remote.createContext("/", this::handle);
        remote.start();
    }

    @AfterEach
    void stop() {
        remote.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        seen.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                + exchange.getRequestHeaders().getFirst("Authorization"));
        byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("X-Corral-Code", "its_own");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private RemoteUrl url(String prefix) {
        return new RemoteUrl(false, "127.0.0.1", remote.getAddress().getPort(), prefix);
    }

    private static LocalHelper helper(RemoteUrl url, LocalAddress listen, UpstreamCredential credential)
            throws ConnectException {
        return LocalHelper.start(new ConnectSettings(url, listen, credential, List.of(), 64 << 20));
    }

    private LocalHelper helper() throws ConnectException {
        return helper(url(""), ANY_PORT, KeyCredential.of("crl_the_key", "test"));
    }

    private static String raw(LocalHelper helper, String request) throws IOException {
        try (Socket socket =
                new Socket(helper.address().getAddress(), helper.address().getPort())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String get(LocalHelper helper, String host, String... fields) throws IOException {
        return raw(
                helper,
                "GET /api/tags HTTP/1.1\r\nHost: " + host + "\r\n"
                        + String.join(
                                "",
                                List.of(fields).stream().map(f -> f + "\r\n").toList())
                        + "Connection: close\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LOCALHOST:11434",
                "127.0.0.1",
                "127.0.0.1:1",
                "[::1]:11434",
                "[0:0:0:0:0:0:0:1]",
                "127.1.2.3"
            })
    void programOfThisMachine_isLetInWithTheKey(String host) throws Exception {
        try (LocalHelper helper = helper()) {
            assertThat(get(helper, host, "Authorization: Bearer ollama"))
                    .startsWith("HTTP/1.1 200")
                    .containsIgnoringCase("x-corral-code: its_own");
        }
        assertThat(seen).containsExactly("GET /api/tags Bearer crl_the_key");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.test",
                "evil.test:11434",
                "localhost.evil.test",
                "127.0.0.1.nip.io",
                "10.0.0.1",
                "0.0.0.0:11434",
                "[fd00::1]",
                "gpu.lab"
            })
    void pageWhoseNameLeadsHere_isRefused(String host) throws Exception {
        try (LocalHelper helper = helper()) {
            assertThat(get(helper, host)).startsWith("HTTP/1.1 400").contains("bad_host");
            assertThat(get(helper, host, "Origin: http://" + host)).startsWith("HTTP/1.1 400");
        }
        assertThat(seen).isEmpty();
    }

    @Test
    void requestWithoutHost_isRefused() throws Exception {
        try (LocalHelper helper = helper()) {
            assertThat(raw(helper, "GET /api/tags HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 400");
        }
        assertThat(seen).isEmpty();
    }

    @Test
    void pageOfAnotherOrigin_isRefused() throws Exception {
        try (LocalHelper helper = helper()) {
            assertThat(get(helper, "127.0.0.1", "Origin: https://evil.test")).startsWith("HTTP/1.1 403");
            assertThat(get(helper, "127.0.0.1", "Origin: http://localhost:3000"))
                    .startsWith("HTTP/1.1 200");
        }
        assertThat(seen).hasSize(1);
    }

    @Test
    void prefixOfTheUrl_isBeforeEveryPath() throws Exception {
        try (LocalHelper helper = helper(url("/t/crl_x"), ANY_PORT, UpstreamCredential.NONE)) {
            assertThat(get(helper, "127.0.0.1")).startsWith("HTTP/1.1 200");
        }
        assertThat(seen).containsExactly("GET /t/crl_x/api/tags null");
    }

    @Test
    void whatNoOllamaHas_isNotAskedForThere() throws Exception {
        try (LocalHelper helper = helper()) {
            HttpResponse<String> response = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:"
                                            + helper.address().getPort() + "/debug/vars"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(404);
        }
        assertThat(seen).isEmpty();
    }

    @Test
    void addressOfTheNewerKind_isListenedOnToo() throws Exception {
        LocalAddress newer = LocalAddress.parse("[::1]:0");
        try (LocalHelper helper = helper(url(""), newer, KeyCredential.of("crl_the_key", "test"))) {
            assertThat(helper.url()).matches("http://\\[::1]:[0-9]+");
            assertThat(get(helper, "[::1]:11434")).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void portOfAnOllama_isNamedAsSuch() throws Exception {
        try (StandInOllama ollama = StandInOllama.start()) {
            LocalAddress taken = new LocalAddress("127.0.0.1", ollama.url().getPort());
            assertThatThrownBy(() -> helper(url(""), taken, UpstreamCredential.NONE))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("cannot listen on " + taken.text() + ": an Ollama runs on this machine")
                    .extracting(e -> ((ConnectException) e).reason())
                    .isEqualTo(Reason.UNAVAILABLE);
        }
    }

    @Test
    void portOfAnotherHelper_isNamedAsSuch() throws Exception {
        try (LocalHelper first = helper()) {
            LocalAddress taken = new LocalAddress("127.0.0.1", first.address().getPort());
            assertThatThrownBy(() -> helper(url(""), taken, UpstreamCredential.NONE))
                    .hasMessageContaining("another corral connect listens there");
        }
    }

    @Test
    void itself_isNotConnectedTo() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            int port = free.getLocalPort();
            assertThatThrownBy(() -> helper(
                            new RemoteUrl(false, "localhost", port, ""),
                            new LocalAddress("127.0.0.1", port),
                            UpstreamCredential.NONE))
                    .hasMessageContaining("where this would listen itself");
        }
    }
}
