package dev.corral.core.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.Outcome;
import dev.corral.core.testkit.Answer;
import dev.corral.core.testkit.Await;
import dev.corral.core.testkit.Bytes;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.Deadline;
import dev.corral.core.testkit.EachTransport;
import dev.corral.core.testkit.FakeConnection;
import dev.corral.core.testkit.Gate;
import dev.corral.core.testkit.Http2Client;
import dev.corral.core.testkit.NettyMemory;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.Requests;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.extension.ExtendWith;

/** Windows and gates are one: who is slow slows the other side of its own stream down, and nobody else. */
@ExtendWith(NothingLeft.class)
final class Http2FlowIT {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Duration QUIET = Duration.ofMillis(300);
    private static final int INITIAL_WINDOW = 4;
    private static final Bytes PIECE = Bytes.noise(1, 32 << 10);
    private static final int FLOOD_PIECES = 512;

    private static Answer flood() {
        return (connection, request) -> {
            connection.readBody();
            connection.sendHead(200, "Transfer-Encoding: chunked");
            for (int i = 0; i < FLOOD_PIECES; i++) {
                connection.sendChunk(PIECE);
            }
            connection.sendLastChunk();
        };
    }

    private static long sent(CoreFixture fixture) {
        return fixture.ollama().connections().stream()
                .mapToLong(FakeConnection::sent)
                .sum();
    }

    @EachTransport
    void streamsThatAreNotRead_holdBackTheirUpstreams_andNoOtherStream(Transport transport) throws IOException {
        int stalled = 16;
        long budgetEach = 512 << 10;
        long allocatorSlack = 8 << 20;
        try (CoreFixture fixture = CoreSetup.on(transport).http2().start()) {
            fixture.ollama().onRequest(flood());
            Http2Client client = fixture.http2();
            client.credit(0, 1 << 30);
            long before = NettyMemory.reserved();
            for (int i = 0; i < stalled; i++) {
                client.post("/api/generate", Requests.MODEL);
            }
            fixture.ollama().awaitRequests(stalled);
            long sent = Await.settled(QUIET, () -> sent(fixture));
            assertThat(NettyMemory.reserved() - before).isLessThan(stalled * budgetEach + allocatorSlack);
            assertThat(sent).isLessThan((long) stalled * FLOOD_PIECES * PIECE.size());
            fixture.ollama().onRequest(Answer.stream(20, Duration.ofMillis(5)));
            assertThat(client.body(client.post("/api/chat", Requests.MODEL))).endsWith("{\"n\":19}\n");
            Await.until("only those that are stalled", () -> fixture.stats().inFlight() == stalled);
        }
    }

    @EachTransport
    void creditGivenBack_streamGoesOnToItsEnd(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).http2().start()) {
            fixture.ollama().onRequest(flood());
            Http2Client client = fixture.http2(INITIAL_WINDOW, 1000);
            int stream = client.post("/api/generate", Requests.MODEL);
            Await.until("the window is used up", () -> client.received(stream) == 1000);
            client.credit(0, 1 << 30);
            client.credit(stream, 1 << 30);
            Await.until("the end", () -> client.ended(stream));
            assertThat(client.received(stream)).isEqualTo((long) FLOOD_PIECES * PIECE.size());
            fixture.assertNothingLeft(1);
        }
    }

    @EachTransport
    void windowOfNothing_isClientStall(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport)
                .deadline(Deadline.CLIENT_STALL, Duration.ofMillis(300))
                .http2()
                .start()) {
            fixture.ollama().onRequest(flood());
            Http2Client client = fixture.http2(INITIAL_WINDOW, 0);
            int stream = client.post("/api/generate", Requests.MODEL);
            assertThat(client.status(stream)).isEqualTo(200);
            assertThat(client.resetCode(stream)).isEqualTo(8);
            ExchangeSummary summary = fixture.observed().awaitFirst();
            assertThat(summary.outcome()).isEqualTo(Outcome.TIMED_OUT);
            assertThat(Objects.requireNonNull(summary.error()).code()).isEqualTo(ErrorCode.CLIENT_STALL);
            fixture.ollama().awaitClosed(fixture.ollama().request(0).connection(), SOON);
            fixture.assertNothingLeft(1);
        }
    }

    /** The exchange is over, but what it answered does not leave. */
    @EachTransport
    void windowOfNothing_forAShortAnswer_streamIsReset(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport)
                .deadline(Deadline.CLIENT_STALL, Duration.ofMillis(300))
                .http2()
                .start()) {
            Http2Client client = fixture.http2(INITIAL_WINDOW, 0);
            int stream = client.get("/nowhere");
            assertThat(client.status(stream)).isEqualTo(404);
            assertThat(client.resetCode(stream)).isEqualTo(8);
            assertThat(client.ended(stream)).isFalse();
        }
    }

    @EachTransport
    void upstreamThatDoesNotRead_isFeltByTheUploader_only(Transport transport) throws IOException {
        Gate gate = new Gate();
        try (CoreFixture fixture = CoreSetup.on(transport).http2().start()) {
            fixture.ollama().onRequest(0, (connection, request) -> {
                connection.stopReading();
                gate.await();
                connection.startReading().readBody();
                connection.respond(201, "text/plain", "");
            });
            Http2Client client = fixture.http2();
            int upload = client.begin("POST", Requests.BLOB, false);
            long sent = client.fill(upload, Duration.ofMillis(200));
            assertThat(sent).isLessThan(Http2Client.MOST);
            assertThat(client.status(client.get("/api/tags"))).isEqualTo(200);
            gate.open();
            Await.until("more is taken", () -> client.window(upload) > sent);
            client.data(upload, "end", true);
            assertThat(client.status(upload)).isEqualTo(201);
            assertThat(fixture.ollama().request(0).body().size()).isEqualTo(sent + 3);
        }
    }
}
