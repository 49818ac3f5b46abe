package dev.corral.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.testkit.Await;
import dev.corral.core.testkit.FakeOllama;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From where clients come, as the program's operator has it: behind a proxy, with keys that belong to a place. */
class AddressesIT {
    private static final Pattern SECOND =
            Pattern.compile("(?m)^ {12}http://127\\.0\\.0\\.1:([0-9]+) {2}PROXY protocol$");

    @TempDir
    Path home;

    private FakeOllama ollama;

    @BeforeEach
    void start() throws IOException {
        ollama = FakeOllama.start();
        MeteredProgram.configure(home, ollama, """
                upstream: {url: UPSTREAM}
                trusted-proxies: [127.0.0.1]
                clients: {deny: [203.0.113.66]}
                lockout: {failures: 3, first: 1h}
                listeners:
                  - {listen: 127.0.0.1:0, proxy-protocol: true}
                """);
    }

    @AfterEach
    void stop() throws IOException {
        ollama.close();
    }

    private static int status(InetSocketAddress corral, String request) throws IOException {
        try (RawClient client = RawClient.connect(corral)) {
            client.send(request);
            Response response = client.read();
            return response.status();
        }
    }

    private static String from(String address, String key) {
        return Requests.get("/api/version", "X-Forwarded-For: " + address, "Authorization: Bearer " + key);
    }

    private static InetSocketAddress second(MeteredProgram corral) {
        Matcher line = SECOND.matcher(corral.said());
        assertThat(line.find()).as(corral.said()).isTrue();
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(line.group(1)));
    }

    @Test
    void keyOfAPlace_isGoodThereOnly_whicheverProxySaysWhereTheClientIs() throws Exception {
        String key = MeteredProgram.createKey(home, "office", "user", "--allow-from", "203.0.113.0/24");
        try (MeteredProgram corral = new MeteredProgram(home)) {
            assertThat(status(corral.address(), from("203.0.113.9", key))).isEqualTo(200);
            assertThat(status(corral.address(), from("203.0.113.9, 198.51.100.1", key)))
                    .isEqualTo(401);
            assertThat(status(corral.address(), from("203.0.113.66", key))).isEqualTo(403);
            String request = Requests.get("/api/version", "Authorization: Bearer " + key);
            assertThat(status(second(corral), "PROXY TCP4 203.0.113.9 10.0.0.1 1 2\r\n" + request))
                    .isEqualTo(200);
            assertThat(status(second(corral), "PROXY TCP4 198.51.100.1 10.0.0.1 1 2\r\n" + request))
                    .isEqualTo(401);

            CommandRun.of(
                    home,
                    "keys",
                    "allow-from",
                    "office",
                    "--anywhere",
                    "--config",
                    home.resolve("corral.yaml").toString());
            Await.until("the key is good everywhere", () -> {
                try {
                    return status(corral.address(), from("192.0.2.1", key)) == 200;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            corral.stop();
            assertThat(Files.readString(home.resolve("state/audit.log")))
                    .contains("\"address\":\"198.51.100.1\",\"code\":\"foreign_address\"")
                    .contains("\"address\":\"203.0.113.66\",\"code\":\"forbidden_address\"");
        }
    }

    @Test
    void guessingAddress_isLockedOut_andAGoodKeyBehindItIsNot() throws Exception {
        String key = MeteredProgram.createKey(home, "alice", "user");
        String wrong = key.substring(0, 20) + "x".repeat(key.length() - 20);
        try (MeteredProgram corral = new MeteredProgram(home)) {
            for (int i = 0; i < 3; i++) {
                assertThat(status(corral.address(), from("203.0.113.9", wrong))).isEqualTo(401);
            }
            assertThat(status(corral.address(), from("203.0.113.9", wrong))).isEqualTo(429);
            assertThat(status(corral.address(), from("203.0.113.9", key))).isEqualTo(200);
            assertThat(status(corral.address(), from("203.0.113.10", wrong))).isEqualTo(401);
            assertThat(corral.metrics())
                    .contains("\ncorral_lockouts_total 1.0\n")
                    .contains("\ncorral_locked_out_addresses 1.0\n");
            corral.stop();
            assertThat(Files.readAllLines(home.resolve("state/audit.log")))
                    .anyMatch(line -> line.endsWith(
                            "Z\",\"event\":\"locked_out\",\"address\":\"203.0.113.9\",\"seconds\":3600}"));
        }
    }
}
