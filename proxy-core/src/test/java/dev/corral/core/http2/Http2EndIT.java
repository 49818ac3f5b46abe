package dev.corral.core.http2;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.spi.Outcome;
import dev.corral.core.testkit.Answer;
import dev.corral.core.testkit.Await;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.Deadline;
import dev.corral.core.testkit.EachTransport;
import dev.corral.core.testkit.Gate;
import dev.corral.core.testkit.Http2Client;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.Requests;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ExtendWith;

/** How a connection of HTTP/2 ends: with the process, when nothing happens, when it never began. */
@ExtendWith(NothingLeft.class)
final class Http2EndIT {
    private static final Duration SOON = Duration.ofSeconds(5);

    @EachTransport
    void drain_finishesRunningStreams_saysSoToEveryConnection(Transport transport) throws Exception {
        Gate gate = new Gate();
        try (CoreFixture fixture = CoreSetup.on(transport).loops(2).http2().start()) {
            fixture.ollama().onRequest((connection, request) -> {
                connection.readBody();
                connection.sendHead(200, "Transfer-Encoding: chunked").sendChunk("before ");
                gate.await();
                connection.sendChunk("after").sendLastChunk();
            });
            Http2Client idle = fixture.http2();
            assertThat(idle.status(idle.get("/nowhere"))).isEqualTo(404);
            Http2Client client = fixture.http2();
            int running = client.post("/api/generate", Requests.MODEL);
            assertThat(client.status(running)).isEqualTo(200);
            CompletableFuture<Integer> drained = fixture.core().drain(SOON).toCompletableFuture();
            assertThat(idle.goAwayCode()).isZero();
            idle.awaitClosed();
            assertThat(client.goAwayCode()).isZero();
            // After the last one that GOAWAY names: not looked at, and safe to try elsewhere.
            int late = client.get("/api/tags");
            Http2Client other = fixture.http2();
            int refused = other.get("/api/tags");
            assertThat(other.status(refused)).isEqualTo(503);
            assertThat(other.goAwayCode()).isZero();
            other.awaitClosed();
            assertThat(drained).isNotDone();
            gate.open();
            assertThat(client.body(running)).isEqualTo("before after");
            client.awaitClosed();
            assertThat(drained.get(SOON.toMillis(), TimeUnit.MILLISECONDS)).isZero();
            assertThat(client.soFar(late)).isEmpty();
            assertThat(fixture.ollama().requests()).hasSize(1);
        }
    }

    @EachTransport
    void close_cutsEveryStream(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).http2().start()) {
            fixture.ollama().onRequest(Answer.NEVER);
            Http2Client client = fixture.http2();
            client.post("/api/generate", Requests.MODEL);
            client.post("/api/generate", Requests.MODEL);
            fixture.ollama().awaitRequests(2);
            fixture.core().close();
            client.awaitClosed();
            fixture.assertNothingLeft(0);
            assertThat(fixture.observed().await(2)).allMatch(summary -> summary.outcome() == Outcome.ABORTED);
        }
    }

    @EachTransport
    void idleConnection_isToldAndClosed_notWhileAStreamIsOpen(Transport transport) throws IOException {
        Gate gate = new Gate();
        try (CoreFixture fixture = CoreSetup.on(transport)
                .deadline(Deadline.KEEP_ALIVE, Duration.ofMillis(300))
                .http2()
                .start()) {
            fixture.ollama().onRequest((connection, request) -> {
                connection.readBody();
                gate.await();
                connection.respond(200, "text/plain", "late");
            });
            Http2Client client = fixture.http2();
            int stream = client.post("/api/generate", Requests.MODEL);
            Await.holds(Duration.ofMillis(600), () -> "open", () -> !client.isClosed() && !client.wentAway());
            gate.open();
            assertThat(client.body(stream)).isEqualTo("late");
            // Pings keep nothing open.
            while (!client.wentAway()) {
                client.frame(Http2Client.PING, 0, 0, new byte[8]);
                Await.holds(Duration.ofMillis(60), () -> "a pause", () -> true);
            }
            assertThat(client.goAwayCode()).isZero();
            client.awaitClosed();
        }
    }

    private static void sendAndAwaitEnd(CoreFixture fixture, String bytes) throws IOException {
        InetSocketAddress address = fixture.core().addresses().get(1);
        try (Socket client = new Socket(address.getAddress(), address.getPort())) {
            client.setSoTimeout((int) SOON.toMillis());
            client.getOutputStream().write(bytes.getBytes(US_ASCII));
            try {
                while (client.getInputStream().read() >= 0) {}
            } catch (SocketException e) {
                // Reset: what we sent was not read to its end.
            }
        }
    }

    @EachTransport
    void whoNeverGreets_isClosed(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport)
                .deadline(Deadline.HEADERS, Duration.ofMillis(300))
                .http2()
                .start()) {
            sendAndAwaitEnd(fixture, "PRI * HT");
        }
    }

    @EachTransport
    void http1OverHttp2_isClosed(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).http2().start()) {
            sendAndAwaitEnd(fixture, Requests.get("/api/tags"));
            assertThat(fixture.observed().summaries()).isEmpty();
            assertThat(fixture.observed().broken()).isEqualTo(1);
        }
    }
}
