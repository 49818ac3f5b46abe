package dev.corral.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.corral.auth.key.SshPublicKey;
import dev.corral.core.testkit.Await;
import dev.corral.server.config.Environment;
import dev.corral.server.config.Overrides;
import dev.corral.server.demo.StandInOllama;
import dev.corral.server.wiring.Lifecycle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests as the {@code ollama} command signs them, from a key that nobody knows to one that is revoked. */
class SignedRequestsIT {
    private static final String CHAT =
            "{\"model\":\"stand-in\",\"stream\":false,\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";

    @TempDir
    Path home;

    private final HttpClient client = HttpClient.newHttpClient();
    private StandInOllama ollama;
    private Lifecycle corral;
    private KeyPair pair;

    @BeforeEach
    void start() throws Exception {
        pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        ollama = StandInOllama.start();
        Environment environment = new Environment(
                Map.of("XDG_STATE_HOME", home.toString(), "XDG_CONFIG_HOME", home.toString()), home, home);
        Output nowhere = new Output(new ByteArrayOutputStream());
        ConfigLoader loader = new ConfigLoader(new Console(nowhere, nowhere, false, false, false, environment));
        corral = Lifecycle.start(
                loader.load(null, new Overrides("127.0.0.1:0", ollama.url().toString(), "127.0.0.1:0", null))
                        .config(),
                List.of());
    }

    @AfterEach
    void stop() throws IOException {
        corral.close();
        ollama.close();
    }

    private SshPublicKey key() {
        byte[] encoded = pair.getPublic().getEncoded();
        return SshPublicKey.of(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length));
    }

    private String authorization(String method, String path, long seconds) throws GeneralSecurityException {
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(pair.getPrivate());
        signature.update((method + "," + path + "?ts=" + seconds).getBytes(StandardCharsets.US_ASCII));
        return key().text() + ":" + Base64.getEncoder().encodeToString(signature.sign());
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder to(String target) {
        return HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + corral.address().getPort() + target));
    }

    private HttpResponse<String> chat(long skew) throws Exception {
        long seconds = System.currentTimeMillis() / 1000 + skew;
        return send(to("/api/chat?ts=" + seconds)
                .header("Authorization", authorization("POST", "/api/chat", seconds))
                .POST(BodyPublishers.ofString(CHAT)));
    }

    private static JsonNode json(String text) throws IOException {
        return JsonMapper.builder().build().readTree(text);
    }

    private CommandRun keys(String... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = "keys";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return CommandRun.of(home, all);
    }

    @Test
    void unknownKey_isLedToThePageApprovedAndRevoked() throws Exception {
        HttpResponse<String> refused = chat(0);
        assertThat(refused.statusCode()).isEqualTo(401);
        String url = json(refused.body()).path("signin_url").asText();
        assertThat(url).contains("/-/help?key=SHA256%3A");
        HttpResponse<String> page = send(HttpRequest.newBuilder(URI.create(url)));
        assertThat(page.body()).contains("corral keys approve " + key().fingerprint() + " --name");

        Await.until("the key is pending", () -> keys("pending").out().contains(key().fingerprint() + "\t127.0.0.1"));
        assertThat(keys("approve", key().fingerprint(), "--name", "alice").exitCode())
                .isZero();
        Await.until("the key is let in", () -> status() == 200);
        assertThat(chat(299).statusCode()).isEqualTo(200);
        assertThat(json(chat(0).body()).at("/message/content").asText()).contains("hello");

        assertThat(keys("revoke", "alice").exitCode()).isZero();
        Await.until("the key is revoked", () -> status() == 401);
    }

    private int status() {
        try {
            return chat(0).statusCode();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void wrongClock_isToldOnThePage() throws Exception {
        keys("add-ssh", "alice", key().text());
        Await.until("the key is let in", () -> status() == 200);
        HttpResponse<String> refused = chat(-3600);
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(json(refused.body()).path("signin_url").asText()).endsWith("/-/help?clock");
    }

    @Test
    void signaturesAndTheirTimes_areWrittenNowhere() throws Exception {
        assertThat(chat(0).statusCode()).isEqualTo(401);
        keys("add-ssh", "alice", key().text());
        Await.until("the key is let in", () -> status() == 200);
        corral.close();
        Path state = home.resolve("corral");
        for (String log : List.of("access.log", "audit.log")) {
            assertThat(Files.readString(state.resolve(log)))
                    .contains("/api/chat")
                    .doesNotContain("ts=")
                    .doesNotContain(SshPublicKey.TEXT_PREFIX);
        }
        assertThat(Files.readString(state.resolve("pending-keys.json"))).doesNotContain(":ts");
    }

    @Test
    void placeholderKey_isToldWhatToDoInEveryDialect() throws Exception {
        for (String path : List.of("/api/tags", "/v1/models")) {
            HttpResponse<String> refused = send(to(path).header("Authorization", "Bearer ollama"));
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(refused.body()).contains("is only a placeholder", "OPENAI_API_KEY");
        }
        HttpResponse<String> refused =
                send(to("/v1/messages").header("X-API-Key", "ollama").POST(BodyPublishers.ofString("{}")));
        assertThat(json(refused.body()).at("/error/message").asText()).contains("ANTHROPIC_AUTH_TOKEN");
    }
}
