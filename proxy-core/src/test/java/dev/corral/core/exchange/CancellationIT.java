package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.Outcome;
import dev.corral.core.testkit.Answer;
import dev.corral.core.testkit.Await;
import dev.corral.core.testkit.Closing;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.EachTransport;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.SeenRequest;
import dev.corral.core.testkit.TestTransports;
import java.io.IOException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A client that leaves frees the GPU at once, whatever is going on at that moment. */
@ExtendWith(NothingLeft.class)
final class CancellationIT {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final long AT_ONCE_NANOS = Duration.ofMillis(100).toNanos();
    // The bound is tight for a machine that also runs other things, so the best of some attempts counts.
    private static final int ATTEMPTS = 3;

    static Stream<Arguments> leaving() {
        return TestTransports.all().stream()
                .flatMap(transport -> Stream.of(Closing.Kind.FIN, Closing.Kind.RST)
                        .flatMap(how -> Stream.of(true, false).map(stream -> Arguments.of(transport, how, stream))));
    }

    private static void leave(RawClient client, Closing.Kind how) throws IOException {
        if (how == Closing.Kind.FIN) {
            client.close();
        } else {
            client.rst();
        }
    }

    private static String generate(boolean stream) {
        return Requests.post("/api/generate", "{\"model\":\"m\",\"prompt\":\"p\",\"stream\":" + stream + "}");
    }

    private static void assertGone(CoreFixture fixture, int exchanges) {
        for (ExchangeSummary summary : fixture.observed().await(exchanges)) {
            assertThat(summary.outcome()).isEqualTo(Outcome.CLIENT_GONE);
        }
        assertThat(fixture.observed().summaries()).hasSize(exchanges);
        fixture.assertNothingLeft(0);
    }

    @ParameterizedTest(name = "{0}, {1}, streaming {2}")
    @MethodSource("leaving")
    void clientLeavesBeforeFirstToken_upstreamClosedWithin100ms(Transport transport, Closing.Kind how, boolean stream)
            throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            fixture.ollama().onRequest(Answer.NEVER);
            long best = Long.MAX_VALUE;
            int attempt = 0;
            while (best >= AT_ONCE_NANOS && attempt++ < ATTEMPTS) {
                RawClient client = fixture.client();
                client.send(generate(stream));
                SeenRequest request = fixture.ollama().awaitRequests(attempt).get(attempt - 1);
                Await.until("the request is whole", () -> request.body().complete());
                long left = System.nanoTime();
                leave(client, how);
                Closing closing = fixture.ollama().awaitClosed(request.connection(), SOON);
                best = Math.min(best, closing.nanos() - left);
            }
            assertThat(best).isLessThan(AT_ONCE_NANOS);
            assertGone(fixture, attempt);
        }
    }

    @ParameterizedTest(name = "{0}, {1}, streaming {2}")
    @MethodSource("leaving")
    void clientLeavesMidResponse_upstreamClosedAtOnce(Transport transport, Closing.Kind how, boolean stream)
            throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            fixture.ollama().onRequest((connection, request) -> {
                connection.readBody();
                if (stream) {
                    connection.sendHead(200, "Transfer-Encoding: chunked").sendChunk("{\"response\":\"a\"}\n");
                } else {
                    connection.sendHead(200, "Content-Length: 100").send("{\"response");
                }
                connection.awaitEnd();
            });
            RawClient client = fixture.client();
            client.send(generate(stream));
            assertThat(client.readHead().startLine()).isEqualTo("HTTP/1.1 200 OK");
            client.readBytes(1);
            leave(client, how);
            fixture.ollama().awaitClosed(fixture.ollama().request(0).connection(), SOON);
            assertGone(fixture, 1);
        }
    }

    @EachTransport
    void finWhileWaiting_isCancellation(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            fixture.ollama().onRequest(Answer.NEVER);
            RawClient client = fixture.client();
            client.send(generate(true));
            SeenRequest request = fixture.ollama().awaitRequests(1).get(0);
            client.shutdownOutput();
            fixture.ollama().awaitClosed(request.connection(), SOON);
            client.awaitClosed(SOON);
            assertGone(fixture, 1);
            assertThat(fixture.observed().awaitFirst().status()).isEqualTo(499);
        }
    }

    @ParameterizedTest(name = "{0}, {1}, declared {2}")
    @MethodSource("leaving")
    void clientLeavesWhileItsBodyIsCollected_upstreamNeverAsked(Transport transport, Closing.Kind how, boolean declared)
            throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            RawClient client = fixture.client();
            client.send(
                    declared
                            ? Requests.declared("/api/chat", 100) + "{\"model\":"
                            : Requests.chunked("/api/chat") + Requests.chunk("{\"model\":"));
            Await.until("some of the body is held", () -> fixture.stats().bufferedBodyBytes() == 9);
            leave(client, how);
            assertGone(fixture, 1);
            assertThat(fixture.ollama().connections()).isEmpty();
        }
    }

    @ParameterizedTest(name = "{0}, {1}, declared {2}")
    @MethodSource("leaving")
    void clientLeavesMidUpload_upstreamSeesBrokenUpload(Transport transport, Closing.Kind how, boolean declared)
            throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            RawClient client = fixture.client();
            client.send(
                    declared
                            ? Requests.declared(Requests.BLOB, 100) + "some"
                            : Requests.chunked(Requests.BLOB) + Requests.chunk("some"));
            SeenRequest request = fixture.ollama().awaitRequests(1).get(0);
            Await.until("the part has arrived", () -> request.body().text().equals("some"));
            leave(client, how);
            fixture.ollama().awaitClosed(request.connection(), SOON);
            assertThat(request.body().complete()).isFalse();
            assertGone(fixture, 1);
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("leaving")
    void clientLeavesWhileConnecting_nothingReachesUpstream(Transport transport, Closing.Kind how, boolean stream)
            throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            fixture.ollama().stopAccepting();
            RawClient client = fixture.client();
            client.send(generate(stream));
            Await.until("a permit is held", () -> fixture.permits().held() == 1);
            Await.holds(
                    Duration.ofMillis(50),
                    () -> "waiting for a connection",
                    () -> fixture.stats().inFlight() == 1);
            leave(client, how);
            assertGone(fixture, 1);
            fixture.ollama().restart();
            RawClient next = fixture.client();
            next.send(Requests.get("/api/tags"));
            assertThat(next.read().status()).isEqualTo(200);
            assertThat(fixture.ollama().requests())
                    .extracting(SeenRequest::target)
                    .containsExactly("/api/tags");
        }
    }
}
