package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.testkit.Answer;
import dev.corral.core.testkit.Bytes;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.EachTransport;
import dev.corral.core.testkit.FakeConnection;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.extension.ExtendWith;

/** Either side dies at every byte of an exchange: nothing is left, and no part is taken for the whole. */
@ExtendWith(NothingLeft.class)
final class KillAtStepIT {
    private static final String STREAM =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n";
    private static final String WHOLE = "hello world";
    private static final List<String> REQUESTS = List.of(
            Requests.post("/api/generate", "{\"model\":\"m\"}"),
            Requests.chunked(Requests.BLOB, "Expect: 100-continue") + Requests.chunk("some") + Requests.chunk("more")
                    + "0\r\n\r\n",
            Requests.get("/api/tags") + Requests.get("/api/ps"));

    private static void kill(RawClient client, boolean reset) throws IOException {
        if (reset) {
            client.rst();
        } else {
            client.close();
        }
    }

    private static void kill(FakeConnection connection, boolean reset) throws IOException {
        if (reset) {
            connection.rst();
        } else {
            connection.close();
        }
    }

    @EachTransport
    void clientDiesAtEveryByteOfItsRequest_nothingLeft(Transport transport) throws IOException {
        Random random = new Random(1);
        try (CoreFixture fixture = CoreSetup.on(transport).loops(2).start()) {
            fixture.ollama().onRequest(Answer.stream(5, Duration.ofMillis(1)));
            for (String request : REQUESTS) {
                Bytes bytes = Bytes.of(request);
                for (int length = 0; length <= bytes.size(); length++) {
                    RawClient client = fixture.client();
                    client.send(bytes.slice(0, length));
                    kill(client, random.nextBoolean());
                }
                fixture.assertNothingLeft(0);
            }
            RawClient client = fixture.client();
            client.send(Requests.get("/api/tags"));
            assertThat(client.read().complete()).isTrue();
        }
    }

    @EachTransport
    void clientDiesAtEveryByteOfTheResponse_nothingLeft(Transport transport) throws IOException {
        Random random = new Random(2);
        try (CoreFixture fixture = CoreSetup.on(transport).loops(2).start()) {
            fixture.ollama().onRequest((connection, request) -> {
                connection.readBody();
                for (int from = 0; from < STREAM.length(); from += 8) {
                    connection.send(STREAM.substring(from, Math.min(STREAM.length(), from + 8)));
                    connection.pause(Duration.ofNanos(200_000));
                }
            });
            String request = Requests.post("/api/generate", Requests.MODEL);
            RawClient measuring = fixture.client();
            measuring.send(request);
            Response response = measuring.read();
            assertThat(response.text()).isEqualTo(WHOLE);
            int most = response.head().raw().size() + "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n".length();
            for (int length = 0; length < most; length += 1 + random.nextInt(3)) {
                RawClient client = fixture.client();
                client.send(request);
                client.readBytes(length);
                kill(client, random.nextBoolean());
            }
            fixture.assertNothingLeft(1);
            measuring.send(request);
            assertThat(measuring.read().text()).isEqualTo(WHOLE);
        }
    }

    @EachTransport
    void upstreamDiesAtEveryByteOfItsResponse_noPartIsTakenForTheWhole(Transport transport) throws IOException {
        Random random = new Random(3);
        String interim = "HTTP/1.1 103 Early Hints\r\n\r\n";
        Bytes answer = Bytes.of(interim + STREAM);
        try (CoreFixture fixture = CoreSetup.on(transport).loops(2).start()) {
            RawClient client = fixture.client();
            for (int length = 0; length <= answer.size(); length++) {
                int cut = length;
                boolean reset = random.nextBoolean();
                fixture.ollama().onRequest((connection, request) -> {
                    connection.readBody();
                    connection.send(answer.slice(0, cut)).pause(Duration.ofMillis(random.nextInt(2)));
                    kill(connection, reset);
                });
                client.send(Requests.post("/api/generate", Requests.MODEL));
                Response response = client.read();
                if (response.status() == 200 && response.complete()) {
                    assertThat(cut).isEqualTo(answer.size());
                    assertThat(response.text()).isEqualTo(WHOLE);
                } else if (response.status() == 200) {
                    assertThat(WHOLE).startsWith(response.text());
                } else {
                    assertThat(response.status()).isEqualTo(502);
                }
                if (response.saysClose() || !response.complete()) {
                    client.close();
                    client = fixture.client();
                }
            }
            client.close();
            fixture.assertNothingLeft(0);
        }
    }

    @EachTransport
    void upstreamDiesAtEveryByteOfAnUpload_nothingLeft(Transport transport) throws IOException {
        Random random = new Random(4);
        String upload = "0123456789".repeat(20);
        try (CoreFixture fixture = CoreSetup.on(transport).loops(2).start()) {
            for (int length = 0; length <= upload.length(); length += 1 + random.nextInt(6)) {
                int part = length;
                boolean reset = random.nextBoolean();
                boolean answers = random.nextBoolean();
                fixture.ollama().onRequest((connection, request) -> {
                    while (connection.received() < request.head().raw().size() + part) {
                        connection.pause(Duration.ofNanos(200_000));
                    }
                    if (answers) {
                        connection.early(500);
                    }
                    kill(connection, reset);
                });
                RawClient client = fixture.client();
                client.send(Requests.declared(Requests.BLOB, upload.length()) + upload.substring(0, length));
                try {
                    client.send(upload.substring(length));
                    assertThat(client.read().status()).isIn(500, 502);
                } catch (IOException broken) {
                    assertThat(broken).isNotNull();
                }
                client.close();
            }
            fixture.assertNothingLeft(0);
        }
    }

    @EachTransport
    void bothDieAtOnce_nothingLeft(Transport transport) throws IOException {
        Random random = new Random(5);
        try (CoreFixture fixture = CoreSetup.on(transport).loops(2).start()) {
            fixture.ollama().onRequest((connection, request) -> {
                connection.readBody();
                connection.send(STREAM.substring(0, random.nextInt(STREAM.length())));
                kill(connection, random.nextBoolean());
            });
            for (int i = 0; i < 150; i++) {
                RawClient client = fixture.client();
                client.send(Requests.post("/api/generate", Requests.MODEL));
                if (random.nextBoolean()) {
                    client.silentFor(Duration.ofMillis(1 + random.nextInt(2)));
                }
                kill(client, random.nextBoolean());
                if (random.nextInt(4) == 0) {
                    fixture.assertNothingLeft(0);
                }
            }
            fixture.assertNothingLeft(0);
        }
    }
}
