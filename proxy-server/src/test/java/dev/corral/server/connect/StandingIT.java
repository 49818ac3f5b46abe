package dev.corral.server.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.corral.server.connect.Standing.Kind;
import dev.corral.server.demo.StandInOllama;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is found out about the other side, and where the key goes. */
final class StandingIT {
    private static final String VERSION = "{\"version\":\"1\"}";
    private static final String KEY = "Bearer crl_the_key";

    private final List<String> seen = new CopyOnWriteArrayList<>();
    // By what is sent as Authorization; "" for nothing.
    private final Map<String, Said> says = new ConcurrentHashMap<>();
    private HttpServer remote;
    private LiveCredential credential;

    private record Said(int status, String body, boolean corral) {}

    @BeforeEach
    void start() throws Exception {
        remote = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        remote.createContext("/", this::handle);
        remote.start();
        credential = new LiveCredential(Credential.ofKey("crl_the_key", "test"));
        says.put("", new Said(401, "{\"error\":\"a key is missing\"}", true));
        says.put(KEY, new Said(200, VERSION, false));
    }

    @AfterEach
    void stop() {
        remote.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        String sent = exchange.getRequestHeaders().getFirst("Authorization");
        seen.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + sent);
        Said said = says.getOrDefault(sent == null ? "" : sent, new Said(500, "unexpected", false));
        byte[] body = said.body().getBytes(StandardCharsets.UTF_8);
        if (said.corral()) {
            exchange.getResponseHeaders().set("X-Corral-Code", "its_own");
        }
        exchange.sendResponseHeaders(said.status(), body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private LocalHelper helper(String prefix) throws ConnectException {
        RemoteUrl url = new RemoteUrl(false, "127.0.0.1", remote.getAddress().getPort(), prefix);
        return LocalHelper.start(
                new ConnectSettings(url, new LocalAddress("127.0.0.1", 0), credential, List.of(), 64 << 20));
    }

    private static int program(LocalHelper helper) throws IOException {
        HttpURLConnection connection = (HttpURLConnection)
                URI.create(helper.url() + "/api/tags").toURL().openConnection();
        return connection.getResponseCode();
    }

    /** The end of an exchange is told after its answer. */
    private static void awaitNews(LocalHelper helper) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!helper.news()) {
            assertThat(System.nanoTime()).as("no news").isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    @Test
    void corral_isAskedWithoutTheKeyFirst_andAcceptsIt() throws Exception {
        try (LocalHelper helper = helper("")) {
            Standing standing = helper.ask(credential);
            assertThat(standing.kind()).isEqualTo(Kind.ACCEPTED);
            assertThat(standing.corral()).isTrue();
            assertThat(seen).containsExactly("GET /api/version null", "GET /api/version " + KEY);
        }
    }

    @Test
    void otherProgramThatAsksForAKey_isTakenForNoCorral() throws Exception {
        says.put("", new Said(401, "<html>", false));
        try (LocalHelper helper = helper("")) {
            Standing standing = helper.ask(credential);
            assertThat(standing.kind()).isEqualTo(Kind.ACCEPTED);
            assertThat(standing.corral()).isFalse();
        }
    }

    @Test
    void refusal_isUnderstood() throws Exception {
        says.put(
                KEY,
                new Said(401, "{\"error\":\"a valid \\u001b[31mkey\",\"signin_url\":\"http://gpu.lab/-/help\"}", true));
        try (LocalHelper helper = helper("")) {
            assertThat(helper.ask(credential))
                    .isEqualTo(new Standing(
                            Kind.REFUSED,
                            new RemoteAnswer(401, "a valid ?[31mkey", "http://gpu.lab/-/help", true),
                            true));
            says.put(KEY, new Said(418, "not json", false));
            assertThat(helper.ask(credential).kind()).isEqualTo(Kind.ODD);
        }
    }

    @Test
    void corralWhoseOllamaIsAway_isThereAllTheSame() throws Exception {
        says.put(KEY, new Said(502, "{\"error\":\"is Ollama running?\"}", true));
        try (LocalHelper helper = helper("")) {
            Standing standing = helper.ask(credential);
            assertThat(standing.kind()).isEqualTo(Kind.ODD);
            assertThat(standing.answer().error()).isEqualTo("is Ollama running?");
        }
    }

    @Test
    void pageToSignInToANetwork_isNoOllama() throws Exception {
        says.put("", new Said(200, "<html>Welcome to our hotel", false));
        says.put(KEY, new Said(200, "<html>Welcome to our hotel", false));
        try (LocalHelper helper = helper("")) {
            Standing standing = helper.ask(credential);
            assertThat(standing.kind()).isEqualTo(Kind.ODD);
            assertThat(standing.answer().error()).contains("as no Ollama does");
        }
    }

    @Test
    void ollamaWithoutACorral_isToldApart_andNeverGetsTheKey() throws Exception {
        try (StandInOllama ollama = StandInOllama.start()) {
            RemoteUrl url = new RemoteUrl(false, "127.0.0.1", ollama.url().getPort(), "");
            try (LocalHelper helper = LocalHelper.start(
                    new ConnectSettings(url, new LocalAddress("127.0.0.1", 0), credential, List.of(), 64 << 20))) {
                assertThat(helper.ask(credential).kind()).isEqualTo(Kind.UNGUARDED);
                assertThat(program(helper)).isEqualTo(200);
            }
        }
        says.put("", new Said(200, VERSION, false));
        try (LocalHelper helper = helper("")) {
            assertThat(helper.ask(credential).kind()).isEqualTo(Kind.UNGUARDED);
            assertThat(program(helper)).isEqualTo(200);
            assertThat(seen).containsExactly("GET /api/version null", "GET /api/tags null");
        }
    }

    @Test
    void keyThatIsAskedForLater_isSentFromThenOn() throws Exception {
        says.put("", new Said(200, VERSION, false));
        try (LocalHelper helper = helper("")) {
            assertThat(helper.ask(credential).kind()).isEqualTo(Kind.UNGUARDED);
            assertThat(program(helper)).isEqualTo(200);
            assertThat(helper.news()).isFalse();
            says.put("", new Said(401, "{}", true));
            assertThat(program(helper)).isEqualTo(401);
            awaitNews(helper);
            assertThat(helper.ask(credential).kind()).isEqualTo(Kind.ACCEPTED);
            assertThat(helper.news()).isFalse();
            assertThat(program(helper)).isEqualTo(200);
        }
    }

    @Test
    void revocation_isNoticed_andItsEndToo() throws Exception {
        try (LocalHelper helper = helper("")) {
            assertThat(helper.ask(credential).kind()).isEqualTo(Kind.ACCEPTED);
            says.put(KEY, new Said(401, "{\"error\":\"a valid key is needed\"}", true));
            assertThat(program(helper)).isEqualTo(401);
            awaitNews(helper);
            assertThat(helper.ask(credential).kind()).isEqualTo(Kind.REFUSED);
            assertThat(program(helper)).isEqualTo(401);
            assertThat(helper.news()).isFalse();
            says.put(KEY, new Said(200, VERSION, false));
            assertThat(program(helper)).isEqualTo(200);
            awaitNews(helper);
            assertThat(helper.ask(credential).kind()).isEqualTo(Kind.ACCEPTED);
        }
    }

    @Test
    void otherThatIsAway_isSaid_andNoticedWhenItComes() throws Exception {
        InetSocketAddress address = remote.getAddress();
        remote.stop(0);
        try (LocalHelper helper = helper("")) {
            Standing standing = helper.ask(credential);
            assertThat(standing.kind()).isEqualTo(Kind.AWAY);
            assertThat(standing.answer().error())
                    .contains("http://127.0.0.1:" + address.getPort())
                    .contains("connection refused");
            assertThat(program(helper)).isEqualTo(502);
            assertThat(helper.news()).isFalse();
            remote = HttpServer.create(address, 0);
            remote.createContext("/", this::handle);
            remote.start();
            assertThat(program(helper)).isEqualTo(200);
            awaitNews(helper);
            assertThat(helper.ask(credential).kind()).isEqualTo(Kind.ACCEPTED);
        }
    }

    @Test
    void pathThatIsTheCredential_isNotLeftOut() throws Exception {
        says.put("", new Said(200, VERSION, false));
        credential = new LiveCredential(Credential.PATH);
        try (LocalHelper helper = helper("/t/crl_x")) {
            assertThat(helper.ask(credential).kind()).isEqualTo(Kind.ACCEPTED);
        }
        assertThat(seen).containsExactly("GET /t/crl_x/api/version null");
    }
}
