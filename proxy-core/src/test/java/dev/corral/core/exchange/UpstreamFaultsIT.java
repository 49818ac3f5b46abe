package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.Outcome;
import dev.corral.core.testkit.Answer;
import dev.corral.core.testkit.Await;
import dev.corral.core.testkit.Closing;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.Deadline;
import dev.corral.core.testkit.EachTransport;
import dev.corral.core.testkit.Framing;
import dev.corral.core.testkit.Gate;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.Response;
import dev.corral.core.testkit.Script;
import dev.corral.core.testkit.TestTransports;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An upstream that breaks off, talks nonsense or is away: the client is told, and never takes a part for the whole. */
@ExtendWith(NothingLeft.class)
final class UpstreamFaultsIT {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final String GENERATE = Requests.post("/api/generate", Requests.MODEL);

    static Stream<Arguments> breaking() {
        return TestTransports.all().stream()
                .flatMap(transport -> Stream.of(false, true)
                        .flatMap(http10 -> Stream.of(
                                Arguments.of(transport, http10, Framing.CHUNKED, Closing.Kind.FIN),
                                Arguments.of(transport, http10, Framing.CHUNKED, Closing.Kind.RST),
                                Arguments.of(transport, http10, Framing.LENGTH, Closing.Kind.FIN),
                                Arguments.of(transport, http10, Framing.LENGTH, Closing.Kind.RST),
                                // A close-delimited body that ends with a FIN is whole.
                                Arguments.of(transport, http10, Framing.UNTIL_CLOSE, Closing.Kind.RST))));
    }

    static Stream<Arguments> nonsense() {
        List<String> answers = List.of(
                "HELLO\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: " + "y".repeat(1 << 20) + "\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n");
        return TestTransports.all().stream()
                .flatMap(transport -> answers.stream().map(answer -> Arguments.of(transport, answer)));
    }

    private static ErrorCode code(ExchangeSummary summary) {
        return Objects.requireNonNull(summary.error()).code();
    }

    @ParameterizedTest(name = "{0}, HTTP/1.0 {1}, {2}, {3}")
    @MethodSource("breaking")
    void upstreamDiesMidStream_clientSeesBrokenStream(
            Transport transport, boolean http10, Framing framing, Closing.Kind how) throws IOException {
        Gate received = new Gate();
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            fixture.ollama().onRequest((connection, request) -> {
                connection.readBody();
                switch (framing) {
                    case CHUNKED ->
                        connection.sendHead(200, "Transfer-Encoding: chunked").sendChunk("{\"n\":0}\n");
                    case LENGTH ->
                        connection.sendHead(200, "Content-Length: 100").send("{\"n\":0}\n");
                    default -> connection.sendHead(200).send("{\"n\":0}\n");
                }
                received.await();
                if (how == Closing.Kind.RST) {
                    connection.rst();
                } else {
                    connection.close();
                }
            });
            RawClient client = fixture.client();
            client.send(http10 ? Requests.http10(GENERATE) : GENERATE);
            fixture.ollama().awaitRequests(1);
            assertThat(client.silentFor(SOON)).isFalse();
            received.open();
            Response response = client.read();
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.brokenOff()).isNotNull();
            assertThat(response.text()).isIn("", "{\"n\":0}\n");
            ExchangeSummary summary = fixture.observed().awaitFirst();
            assertThat(summary.outcome()).isEqualTo(Outcome.UPSTREAM_FAILED);
            assertThat(code(summary)).isEqualTo(ErrorCode.UPSTREAM_TRUNCATED);
            fixture.assertNothingLeft(0);
        }
    }

    @EachTransport
    void badChunkInResponse_clientSeesBrokenStream(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            fixture.ollama().onRequest((connection, request) -> {
                connection.readBody();
                connection.sendHead(200, "Transfer-Encoding: chunked").sendChunk("{\"n\":0}\n");
                connection.send("zz\r\n").sendLastChunk();
                connection.awaitEnd();
            });
            RawClient client = fixture.client();
            client.send(GENERATE);
            assertThat(client.read().brokenOff()).isNotNull();
            assertThat(fixture.observed().awaitFirst().outcome()).isEqualTo(Outcome.UPSTREAM_FAILED);
            fixture.ollama().awaitClosed(fixture.ollama().request(0).connection(), SOON);
        }
    }

    @EachTransport
    void closeDelimitedResponse_isWholeAndItsConnectionNotPooled(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            fixture.ollama().onRequest((connection, request) -> {
                connection.readBody();
                connection.sendHead(200).send("all of it").close();
            });
            RawClient client = fixture.client();
            client.send(GENERATE);
            Response response = client.read();
            assertThat(response.framing()).isEqualTo(Framing.CHUNKED);
            assertThat(response.complete()).isTrue();
            assertThat(response.text()).isEqualTo("all of it");
            client.send(Requests.http10(GENERATE));
            Response second = client.read();
            assertThat(second.framing()).isEqualTo(Framing.UNTIL_CLOSE);
            assertThat(second.complete()).isTrue();
            assertThat(second.text()).isEqualTo("all of it");
            assertThat(fixture.stats().upstreamIdle()).isZero();
            assertThat(fixture.observed().await(2))
                    .extracting(ExchangeSummary::outcome)
                    .containsOnly(Outcome.COMPLETED);
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("nonsense")
    void upstreamTalksNonsense_502(Transport transport, String answer) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            fixture.ollama().onRequest(0, Answer.raw(answer));
            RawClient client = fixture.client();
            client.send(GENERATE);
            Response response = client.read();
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.header("Upgrade")).isNull();
            assertThat(code(fixture.observed().awaitFirst())).isEqualTo(ErrorCode.UPSTREAM_BAD_RESPONSE);
            fixture.ollama().awaitClosed(fixture.ollama().request(0).connection(), SOON);
            assertThat(response.saysClose()).isFalse();
            client.send(Requests.get("/api/tags"));
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @EachTransport
    void upstreamClosesInsteadOfAnswering_502InEveryDialect(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            fixture.ollama().onRequest((connection, request) -> {
                connection.readBody();
                connection.close();
            });
            assertDialects(fixture, ErrorCode.UPSTREAM_RESET);
        }
    }

    @EachTransport
    void upstreamDown_502InEveryDialect_thenRecovers(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport)
                .upstreamDown()
                .probeEvery(Duration.ofMillis(50))
                .start()) {
            assertDialects(fixture, ErrorCode.UPSTREAM_CONNECT);
            assertThat(fixture.stats().upstreamReachable()).isFalse();
            fixture.ollama().restart();
            fixture.awaitUpstream(true);
            RawClient client = fixture.client();
            client.send(GENERATE);
            assertThat(client.read().status()).isEqualTo(200);
            fixture.ollama().stop();
            fixture.awaitUpstream(false);
            client.send(GENERATE);
            assertThat(client.read().status()).isEqualTo(502);
        }
    }

    private static void assertDialects(CoreFixture fixture, ErrorCode expected) throws IOException {
        RawClient client = fixture.client();
        client.send(Requests.post("/api/chat", Requests.MODEL));
        Response ollama = client.read();
        assertThat(ollama.status()).isEqualTo(502);
        assertThat(ollama.text().strip()).matches("\\{\"error\":\"[^\"\n]+\"}");
        client.send(Requests.post("/v1/chat/completions", Requests.MODEL));
        Response openai = client.read();
        assertThat(openai.status()).isEqualTo(502);
        assertThat(openai.text())
                .startsWith("{\"error\":{\"message\":")
                .contains("\"code\":\"" + expected.label() + '"');
        client.send(Requests.post("/v1/messages", Requests.MODEL));
        Response anthropic = client.read();
        assertThat(anthropic.status()).isEqualTo(502);
        assertThat(anthropic.text()).startsWith("{\"type\":\"error\",\"error\":{\"type\":\"api_error\"");
        for (Response response : List.of(ollama, openai, anthropic)) {
            assertThat(response.text()).doesNotContain("127.0.0.1").doesNotContain("Exception");
            assertThat(response.header("X-Request-Id")).isNotNull();
        }
        for (ExchangeSummary summary : fixture.observed().await(3)) {
            assertThat(code(summary)).isEqualTo(expected);
            assertThat(summary.outcome()).isEqualTo(Outcome.UPSTREAM_FAILED);
        }
    }

    @EachTransport
    void chunkExtensionsOfTheUpstream_stayThere(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            fixture.ollama().onRequest((connection, request) -> {
                connection.readBody();
                connection.sendHead(200, "Transfer-Encoding: chunked");
                connection.send("5;a=b\r\nhello\r\n0;c\r\n\r\n");
            });
            RawClient client = fixture.client();
            client.send(GENERATE);
            assertThat(client.read().text()).isEqualTo("hello");
            client.send(GENERATE);
            assertThat(client.read().text()).isEqualTo("hello");
        }
    }

    @EachTransport
    void earlyHintsThenOk(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            fixture.ollama().onRequest((connection, request) -> {
                connection.interim(103, "Link: </a>; rel=preload");
                connection.readBody();
                connection.interim(100).interim(103);
                connection.respond(200, "text/plain", "fine");
            });
            RawClient client = fixture.client();
            for (int i = 0; i < 3; i++) {
                client.send(GENERATE);
                Response response = client.read();
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.interim()).isEmpty();
                assertThat(response.text()).isEqualTo("fine");
            }
            assertThat(fixture.ollama().connections()).hasSize(1);
        }
    }

    @EachTransport
    void endlessInterimResponses_endSometime(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport)
                .deadline(Deadline.FIRST_BYTE, Duration.ofMillis(300))
                .start()) {
            fixture.ollama().onRequest((connection, request) -> {
                connection.readBody();
                while (connection.closing() == null) {
                    connection.interim(103).pause(Duration.ofMillis(5));
                }
            });
            RawClient client = fixture.client();
            client.send(GENERATE);
            assertThat(client.read().status()).isIn(502, 504);
            fixture.ollama().awaitClosed(fixture.ollama().request(0).connection(), SOON);
        }
    }

    @EachTransport
    void upstreamClosesOnAccept_502(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            fixture.ollama().onConnection(Script.CLOSE_ON_ACCEPT);
            RawClient client = fixture.client();
            client.send(GENERATE);
            assertThat(client.read().status()).isEqualTo(502);
            fixture.ollama().onConnection(Script.RESET_ON_ACCEPT);
            client.send(GENERATE);
            assertThat(client.read().status()).isEqualTo(502);
            Await.until("nothing is leased", () -> fixture.stats().upstreamLeased() == 0);
        }
    }
}
