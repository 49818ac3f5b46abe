package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.Outcome;
import dev.corral.core.testkit.Answer;
import dev.corral.core.testkit.Await;
import dev.corral.core.testkit.Body;
import dev.corral.core.testkit.Bytes;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.Deadline;
import dev.corral.core.testkit.EachTransport;
import dev.corral.core.testkit.FakeConnection;
import dev.corral.core.testkit.Gate;
import dev.corral.core.testkit.NettyMemory;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.Response;
import dev.corral.core.testkit.TestClock;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.extension.ExtendWith;

/** Slow readers on either side slow the other side down instead of filling memory. */
@ExtendWith(NothingLeft.class)
final class BackpressureIT {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Duration QUIET = Duration.ofMillis(500);
    // Deadlines are looked at twenty times a second.
    private static final Duration TWO_TICKS = Duration.ofMillis(120);
    private static final int SMALL_BUFFER = 4 << 10;
    private static final Bytes PIECE = Bytes.noise(1, 32 << 10);
    // What kernels may hold on the way is some megabytes for each socket.
    private static final int FLOOD_PIECES = 1536;

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

    /** The clock has moved: whoever was late would be told now. */
    private static void holds(String what, CoreFixture fixture) {
        Await.holds(TWO_TICKS, () -> what, () -> fixture.stats().inFlight() == 1);
    }

    @EachTransport
    void clientNeverReads_pendingBytesUnderBudget(Transport transport) throws IOException {
        int clients = 16;
        long budgetEach = 512 << 10;
        long allocatorSlack = 8 << 20;
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            fixture.ollama().onRequest(flood());
            long before = NettyMemory.reserved();
            for (int i = 0; i < clients; i++) {
                fixture.client(SMALL_BUFFER).send(Requests.post("/api/generate", Requests.MODEL));
            }
            fixture.ollama().awaitRequests(clients);
            long sent = Await.settled(QUIET, () -> sent(fixture));
            assertThat(NettyMemory.reserved() - before).isLessThan(clients * budgetEach + allocatorSlack);
            assertThat(sent).isLessThan((long) clients * FLOOD_PIECES * PIECE.size());
            assertThat(fixture.stats().inFlight()).isEqualTo(clients);
        }
    }

    @EachTransport
    void clientStall_abortsAndFreesPermit(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport)
                .deadline(Deadline.CLIENT_STALL, Duration.ofMillis(300))
                .start()) {
            fixture.ollama().onRequest(flood());
            RawClient client = fixture.client(SMALL_BUFFER);
            client.send(Requests.post("/api/generate", Requests.MODEL));
            ExchangeSummary summary = fixture.observed().awaitFirst();
            assertThat(summary.outcome()).isEqualTo(Outcome.TIMED_OUT);
            assertThat(Objects.requireNonNull(summary.error()).code()).isEqualTo(ErrorCode.CLIENT_STALL);
            fixture.assertNothingLeft(0);
            fixture.ollama().awaitClosed(fixture.ollama().request(0).connection(), SOON);
        }
    }

    @EachTransport
    void slowButReadingClient_isNotStalled(Transport transport) throws IOException {
        TestClock clock = new TestClock();
        try (CoreFixture fixture = CoreSetup.on(transport)
                .clock(clock)
                .deadline(Deadline.CLIENT_STALL, Duration.ofMillis(400))
                .start()) {
            fixture.ollama().onRequest(flood());
            RawClient client = fixture.client(SMALL_BUFFER);
            client.send(Requests.post("/api/generate", Requests.MODEL));
            assertThat(client.readHead().startLine()).endsWith("200 OK");
            for (int i = 0; i < 6; i++) {
                long before = Await.settled(TWO_TICKS, () -> sent(fixture));
                clock.advance(Duration.ofMillis(300));
                holds("the stream goes on", fixture);
                // Until kernels, and then Corral, had room again.
                while (sent(fixture) == before) {
                    client.readBytes(64 << 10);
                }
            }
            assertThat(fixture.observed().summaries()).isEmpty();
        }
    }

    @EachTransport
    void pausedByBackpressure_streamIdleDoesNotFire(Transport transport) throws IOException {
        TestClock clock = new TestClock();
        try (CoreFixture fixture = CoreSetup.on(transport)
                .clock(clock)
                .deadline(Deadline.STREAM_IDLE, Duration.ofMillis(200))
                .start()) {
            fixture.ollama().onRequest(flood());
            RawClient client = fixture.client(SMALL_BUFFER);
            client.send(Requests.post("/api/generate", Requests.MODEL));
            fixture.ollama().awaitRequests(1);
            Await.settled(QUIET, () -> sent(fixture));
            clock.advance(Duration.ofMillis(600));
            holds("the stream waits for its reader", fixture);
            Response response = client.read();
            assertThat(response.complete()).isTrue();
            assertThat(response.body().size()).isEqualTo(FLOOD_PIECES * PIECE.size());
            assertThat(fixture.observed().awaitFirst().outcome()).isEqualTo(Outcome.COMPLETED);
        }
    }

    @EachTransport
    void upstreamStopsReadingUpload_clientIsSlowedAndNothingTimesOut(Transport transport) throws Exception {
        int length = 48 << 20;
        Gate gate = new Gate();
        TestClock clock = new TestClock();
        try (CoreFixture fixture = CoreSetup.on(transport)
                .clock(clock)
                .deadline(Deadline.BODY_PROGRESS, Duration.ofMillis(200))
                .bodies(length, length)
                .start()) {
            fixture.ollama().onConnection(connection -> {
                connection.stopReading();
                gate.await();
                connection.startReading();
                connection.serve();
            });
            RawClient client = fixture.client();
            long before = NettyMemory.reserved();
            AtomicLong sent = new AtomicLong();
            Thread uploading = new Thread(() -> {
                try {
                    client.send(Requests.declared(Requests.BLOB, length));
                    for (int i = 0; i < length / PIECE.size(); i++) {
                        client.send(PIECE);
                        sent.addAndGet(PIECE.size());
                    }
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            uploading.start();
            assertThat(Await.settled(QUIET, sent::get)).isPositive().isLessThan(length);
            assertThat(NettyMemory.reserved() - before).isLessThan(9 << 20);
            clock.advance(Duration.ofMillis(600));
            holds("the upload waits", fixture);
            gate.open();
            assertThat(client.read().status()).isEqualTo(200);
            uploading.join(Await.LONG.toMillis());
            Bytes received = fixture.ollama().request(0).body().bytes();
            assertThat(received.size()).isEqualTo(length);
            assertThat(received.slice(length - PIECE.size(), length).equals(PIECE))
                    .isTrue();
        }
    }

    @EachTransport
    void tokensSpaced_eachReachesClientWithin20ms(Transport transport) throws IOException {
        int tokens = 40;
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            fixture.ollama().onRequest((connection, request) -> {
                connection.readBody();
                connection.sendHead(200, "Content-Type: application/x-ndjson", "Transfer-Encoding: chunked");
                for (int i = 0; i < tokens; i++) {
                    connection.sendChunk("{\"t\":" + System.nanoTime() + "}\n").pause(Duration.ofMillis(10));
                }
                connection.sendLastChunk();
            });
            RawClient client = fixture.client();
            client.send(Requests.post("/api/generate", Requests.MODEL));
            Response response = client.read();
            List<Long> delays = response.body().pieces().stream()
                    .map(BackpressureIT::delay)
                    .sorted()
                    .toList();
            assertThat(delays).hasSize(tokens);
            assertThat(delays.get(tokens / 2)).isLessThan(Duration.ofMillis(20).toNanos());
        }
    }

    private static long delay(Body.Piece piece) {
        String text = piece.bytes().text();
        return piece.nanos() - Long.parseLong(text.substring("{\"t\":".length(), text.indexOf('}')));
    }
}
