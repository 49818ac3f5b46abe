package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.Outcome;
import dev.corral.core.testkit.Answer;
import dev.corral.core.testkit.Authenticators;
import dev.corral.core.testkit.Await;
import dev.corral.core.testkit.Closing;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.Deadline;
import dev.corral.core.testkit.EachTransport;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every named deadline fires, measures what it says, and is told by its own code. */
@ExtendWith(NothingLeft.class)
final class DeadlinesIT {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Duration SHORT = Duration.ofMillis(250);
    private static final Duration STEP = Duration.ofMillis(60);
    private static final String GENERATE = Requests.post("/api/generate", Requests.MODEL);

    private static CoreFixture start(Transport transport, Deadline which) throws IOException {
        return CoreSetup.on(transport).deadline(which, SHORT).start();
    }

    private static void assertTimedOut(CoreFixture fixture, ErrorCode code) {
        ExchangeSummary summary = fixture.observed().awaitFirst();
        assertThat(summary.outcome()).isEqualTo(Outcome.TIMED_OUT);
        assertThat(Objects.requireNonNull(summary.error()).code()).isEqualTo(code);
        fixture.assertNothingLeft(1);
    }

    private static void assertRefused(RawClient client, int status) throws IOException {
        Response response = client.read();
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.saysClose()).isTrue();
        client.awaitClosed(SOON);
    }

    @EachTransport
    void headers_stopsAHeadThatNeverEnds_evenIfItKeepsComing(Transport transport) throws IOException {
        try (CoreFixture fixture = start(transport, Deadline.HEADERS)) {
            RawClient client = fixture.client();
            client.send("GET /api/tags HTTP/1.1\r\nHost: x\r\n");
            long begun = System.nanoTime();
            while (client.silentFor(STEP)) {
                client.send("A: b\r\n");
                assertThat(System.nanoTime() - begun).isLessThan(SOON.toNanos());
            }
            assertThat(System.nanoTime() - begun).isGreaterThan(SHORT.toNanos() / 2);
            assertRefused(client, 408);
            assertTimedOut(fixture, ErrorCode.HEADER_TIMEOUT);
            assertThat(fixture.ollama().connections()).isEmpty();
        }
    }

    @EachTransport
    void headers_runsForAHeadBegunBehindAnotherRequest(Transport transport) throws IOException {
        try (CoreFixture fixture = start(transport, Deadline.HEADERS)) {
            RawClient client = fixture.client();
            client.send(GENERATE + "GET /api/tags HTTP/1.1\r\nHo");
            assertThat(client.read().status()).isEqualTo(200);
            assertRefused(client, 408);
            assertThat(fixture.ollama().requests()).hasSize(1);
        }
    }

    @EachTransport
    void keepAlive_closesIdleConnectionsSilently(Transport transport) throws IOException {
        try (CoreFixture fixture = start(transport, Deadline.KEEP_ALIVE)) {
            RawClient fresh = fixture.client();
            RawClient used = fixture.client();
            used.send(Requests.get("/api/tags"));
            assertThat(used.read().status()).isEqualTo(200);
            assertThat(fresh.awaitClosed(SOON).kind()).isEqualTo(Closing.Kind.FIN);
            assertThat(used.awaitClosed(SOON).kind()).isEqualTo(Closing.Kind.FIN);
            assertThat(fixture.observed().summaries()).hasSize(1);
        }
    }

    @EachTransport
    void keepAlive_doesNotRunDuringAnExchange(Transport transport) throws IOException {
        try (CoreFixture fixture = start(transport, Deadline.KEEP_ALIVE)) {
            fixture.ollama().onRequest((connection, request) -> {
                connection.readBody();
                connection.pause(SHORT.multipliedBy(3)).respond(200, "text/plain", "late");
            });
            RawClient client = fixture.client();
            client.send(GENERATE);
            assertThat(client.read().text()).isEqualTo("late");
            client.send(GENERATE);
            assertThat(client.read().text()).isEqualTo("late");
        }
    }

    @EachTransport
    void bodyProgress_stopsABodyThatStandsStill(Transport transport) throws IOException {
        try (CoreFixture fixture = start(transport, Deadline.BODY_PROGRESS)) {
            RawClient client = fixture.client();
            client.send(Requests.declared("/api/generate", 100));
            for (int i = 0; i < 10; i++) {
                client.send("x");
                // It is the pause between two pieces that counts, not the whole.
                assertThat(client.silentFor(STEP)).isTrue();
            }
            assertRefused(client, 408);
            assertTimedOut(fixture, ErrorCode.BODY_TIMEOUT);
            assertThat(fixture.ollama().connections()).isEmpty();
        }
    }

    @EachTransport
    void bodyProgress_stopsAnUploadThatStandsStill(Transport transport) throws IOException {
        try (CoreFixture fixture = start(transport, Deadline.BODY_PROGRESS)) {
            RawClient client = fixture.client();
            client.send(Requests.chunked(Requests.BLOB) + Requests.chunk("part"));
            fixture.ollama().awaitRequests(1);
            assertRefused(client, 408);
            assertTimedOut(fixture, ErrorCode.BODY_TIMEOUT);
            fixture.ollama().awaitClosed(fixture.ollama().request(0).connection(), SOON);
            assertThat(fixture.ollama().request(0).body().complete()).isFalse();
        }
    }

    @EachTransport
    void connect_502(Transport transport) throws IOException {
        try (CoreFixture fixture = start(transport, Deadline.CONNECT)) {
            fixture.ollama().stopAccepting();
            RawClient client = fixture.client();
            long begun = System.nanoTime();
            client.send(GENERATE);
            assertThat(client.read().status()).isEqualTo(502);
            assertThat(System.nanoTime() - begun).isBetween(SHORT.toNanos() / 2, SOON.toNanos());
            ExchangeSummary summary = fixture.observed().awaitFirst();
            assertThat(Objects.requireNonNull(summary.error()).code()).isEqualTo(ErrorCode.UPSTREAM_CONNECT);
            fixture.assertNothingLeft(1);
            fixture.ollama().restart();
            client.send(GENERATE);
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @EachTransport
    void firstByte_504_andTheUpstreamIsCancelled(Transport transport) throws IOException {
        try (CoreFixture fixture = start(transport, Deadline.FIRST_BYTE)) {
            fixture.ollama().onRequest(0, Answer.NEVER);
            RawClient client = fixture.client();
            client.send(GENERATE);
            assertThat(client.read().status()).isEqualTo(504);
            assertTimedOut(fixture, ErrorCode.FIRST_BYTE_TIMEOUT);
            fixture.ollama().awaitClosed(fixture.ollama().request(0).connection(), SOON);
            client.send(GENERATE);
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @EachTransport
    void firstByte_doesNotCountTheUpload(Transport transport) throws IOException {
        try (CoreFixture fixture = start(transport, Deadline.FIRST_BYTE)) {
            RawClient client = fixture.client();
            client.send(Requests.chunked(Requests.BLOB));
            for (int i = 0; i < 10; i++) {
                client.send(Requests.chunk("x"));
                assertThat(client.silentFor(STEP)).isTrue();
            }
            client.send("0\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @EachTransport
    void streamIdle_breaksTheStreamOff(Transport transport) throws IOException {
        try (CoreFixture fixture = start(transport, Deadline.STREAM_IDLE)) {
            fixture.ollama().onRequest((connection, request) -> {
                connection.readBody();
                connection.sendHead(200, "Transfer-Encoding: chunked");
                for (int i = 0; i < 10; i++) {
                    connection.sendChunk("x").pause(STEP);
                }
                connection.awaitEnd();
            });
            RawClient client = fixture.client();
            client.send(GENERATE);
            Response response = client.read();
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.brokenOff()).isNotNull();
            assertThat(response.text()).isEqualTo("x".repeat(10));
            assertTimedOut(fixture, ErrorCode.STREAM_IDLE);
            fixture.ollama().awaitClosed(fixture.ollama().request(0).connection(), SOON);
        }
    }

    @EachTransport
    void longStreamIdle_isForDownloadsOnly(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport)
                .deadline(Deadline.STREAM_IDLE, STEP)
                .deadline(Deadline.LONG_STREAM_IDLE, SHORT.multipliedBy(2))
                .start()) {
            fixture.ollama().onRequest((connection, request) -> {
                connection.readBody();
                connection.sendHead(200, "Transfer-Encoding: chunked").sendChunk("a");
                connection.pause(SHORT).sendChunk("b");
                connection.awaitEnd();
            });
            RawClient client = fixture.client();
            client.send(Requests.post("/api/pull", Requests.MODEL));
            Response response = client.read();
            assertThat(response.text()).isEqualTo("ab");
            assertThat(response.brokenOff()).isNotNull();
            assertTimedOut(fixture, ErrorCode.STREAM_IDLE);
        }
    }

    @EachTransport
    void linger_endsEvenIfTheClientGoesOnSending(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport)
                .deadline(Deadline.LINGER, SHORT)
                .authenticator(Authenticators.byAuthorization(Map.of()))
                .start()) {
            RawClient client = fixture.client();
            client.send(Requests.declared("/api/generate", 1_000_000));
            assertThat(client.read().status()).isEqualTo(401);
            long begun = System.nanoTime();
            while (fixture.stats().clientConnections() > 0) {
                try {
                    client.send("x");
                } catch (IOException closed) {
                    break;
                }
                Await.holds(Duration.ofMillis(5), () -> "time passes", () -> true);
                assertThat(System.nanoTime() - begun).isLessThan(SOON.toNanos());
            }
            assertThat(System.nanoTime() - begun).isGreaterThan(SHORT.toNanos() / 2);
            fixture.assertNothingLeft(0);
        }
    }

    @EachTransport
    void lingering_isBoundedInBytes(Transport transport) throws IOException {
        int upload = 64 << 20;
        try (CoreFixture fixture = CoreSetup.on(transport)
                .authenticator(Authenticators.byAuthorization(Map.of()))
                .start()) {
            RawClient client = fixture.client();
            client.send(Requests.declared("/api/generate", upload));
            String piece = "x".repeat(64 << 10);
            int sent = 0;
            try {
                for (; sent < upload; sent += piece.length()) {
                    client.send(piece);
                }
            } catch (IOException closed) {
                assertThat(closed).isNotNull();
            }
            assertThat(sent).isLessThan(upload);
            fixture.assertNothingLeft(0);
        }
    }
}
