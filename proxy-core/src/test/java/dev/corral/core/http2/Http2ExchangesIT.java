package dev.corral.core.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.testkit.Answer;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.EachTransport;
import dev.corral.core.testkit.Http2Client;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.Roles;
import dev.corral.core.testkit.SeenRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;

/** Requests and answers over HTTP/2 in front of an upstream that speaks HTTP/1.1. */
@ExtendWith(NothingLeft.class)
final class Http2ExchangesIT {
    private static final int HEADER_TABLE_SIZE = 1;

    @EachTransport
    void streamedChat_arrivesPieceByPiece(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).http2().start()) {
            fixture.ollama().onRequest(Answer.stream(5, Duration.ofMillis(20)));
            Http2Client client = fixture.http2();
            int stream = client.post("/api/chat", Requests.MODEL, "content-type", "application/json");
            assertThat(client.status(stream)).isEqualTo(200);
            assertThat(client.head(stream))
                    .containsEntry("content-type", "application/x-ndjson")
                    .containsKeys("date", "x-request-id")
                    .doesNotContainKeys("transfer-encoding", "connection", "keep-alive");
            assertThat(client.body(stream)).isEqualTo("{\"n\":0}\n{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n{\"n\":4}\n");
            assertThat(client.wasReset(stream)).isFalse();
            SeenRequest seen = fixture.ollama().request(0);
            assertThat(seen.body().text()).isEqualTo(Requests.MODEL);
            assertThat(seen.header("Content-Length")).isEqualTo("13");
            assertThat(seen.header("Host")).startsWith("127.0.0.1");
            fixture.assertNothingLeft(1);
            // The connection goes on.
            assertThat(client.status(client.get("/api/tags"))).isEqualTo(200);
        }
    }

    @EachTransport
    void manyAtOnce_eachGetsItsOwnAnswer(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).http2().start()) {
            fixture.ollama().onRequest((connection, request) -> {
                connection.readBody();
                connection.respond(200, "application/json", request.body().text());
            });
            Http2Client client = fixture.http2();
            List<Integer> streams = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                streams.add(client.post("/api/chat", "{\"model\":\"m" + i + "\"}"));
            }
            for (int i = 0; i < 50; i++) {
                assertThat(client.body(streams.get(i))).isEqualTo("{\"model\":\"m" + i + "\"}");
            }
            assertThat(fixture.stats().clientConnections()).isEqualTo(1);
        }
    }

    @EachTransport
    void listingThatIsCut_isHeldUntilItHasLeft(Transport transport) throws IOException {
        try (CoreFixture fixture =
                CoreSetup.on(transport).policies(Roles.safe("open*")).http2().start()) {
            fixture.ollama()
                    .onRequest(Answer.json(200, "{\"models\":[{\"name\":\"open:1\"},{\"name\":\"secret:1\"}]}"));
            Http2Client client = fixture.http2();
            int stream = client.get("/api/tags");
            String body = client.body(stream);
            assertThat(body).contains("open:1").doesNotContain("secret");
            assertThat(client.head(stream)).containsEntry("content-length", String.valueOf(body.length()));
            fixture.assertNothingLeft(1);
        }
    }

    /** Thirty times a stream's window: what was taken is given back. */
    @EachTransport
    void largeBody_arrivesWhole(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).http2().start()) {
            Http2Client client = fixture.http2();
            String body = "{\"model\":\"m\",\"prompt\":\"" + "p".repeat(2 << 20) + "\"}";
            int stream = client.begin("POST", "/api/generate", false, "content-length", "" + body.length());
            client.upload(stream, body);
            assertThat(client.status(stream)).isEqualTo(200);
            assertThat(fixture.ollama().request(0).body().text()).isEqualTo(body);
            fixture.assertNothingLeft(1);
        }
    }

    /** The client offers a table of a MiB for our heads, which would be memory of ours. */
    @EachTransport
    void tableThatTheClientOffers_isNotUsed(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).http2().start()) {
            Http2Client client = fixture.http2(HEADER_TABLE_SIZE, 1 << 20);
            for (int i = 0; i < 3; i++) {
                // Whoever uses more has to say so in the head, which this client does not understand.
                assertThat(client.status(client.get("/api/tags"))).isEqualTo(200);
            }
        }
    }
}
