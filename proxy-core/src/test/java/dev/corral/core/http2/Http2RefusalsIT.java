package dev.corral.core.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.Limits;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.Outcome;
import dev.corral.core.spi.Protocol;
import dev.corral.core.testkit.Answer;
import dev.corral.core.testkit.Await;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.EachTransport;
import dev.corral.core.testkit.Http2Client;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.Requests;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is refused, how, and what that does to the stream and to the connection. */
@ExtendWith(NothingLeft.class)
final class Http2RefusalsIT {
    private static final int PROTOCOL_ERROR = 1;
    private static final int INTERNAL_ERROR = 2;
    private static final int REFUSED_STREAM = 7;

    @EachTransport
    void refusedWithItsBodyOutstanding_wholeAnswerThenResetWithoutError(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).http2().start()) {
            Http2Client client = fixture.http2();
            int stream = client.begin("POST", "/api/nothing", false);
            client.data(stream, "some", false);
            assertThat(client.status(stream)).isEqualTo(404);
            assertThat(client.body(stream)).contains("no such endpoint");
            assertThat(client.resetCode(stream)).isZero();
            // What was on its way meanwhile costs nothing but itself.
            client.data(stream, "more", true);
            assertThat(client.status(client.get("/api/tags"))).isEqualTo(200);
            fixture.assertNothingLeft(1);
        }
    }

    @EachTransport
    void upstreamBreaksOff_internalError(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).http2().start()) {
            fixture.ollama().onRequest(0, (connection, request) -> {
                connection.readBody();
                connection.sendHead(200, "Transfer-Encoding: chunked").sendChunk("before");
                connection.close();
            });
            Http2Client client = fixture.http2();
            int stream = client.post("/api/generate", Requests.MODEL);
            assertThat(client.resetCode(stream)).isEqualTo(INTERNAL_ERROR);
            assertThat(client.soFar(stream)).isEqualTo("before");
            assertThat(client.ended(stream)).isFalse();
            assertThat(Objects.requireNonNull(fixture.observed().awaitFirst().error())
                            .code())
                    .isEqualTo(ErrorCode.UPSTREAM_TRUNCATED);
            assertThat(client.status(client.get("/api/tags"))).isEqualTo(200);
        }
    }

    @EachTransport
    void upstreamAway_502InTheCallersDialect(Transport transport) throws IOException {
        try (CoreFixture fixture =
                CoreSetup.on(transport).upstreamDown().http2().start()) {
            Http2Client client = fixture.http2();
            int stream = client.post("/v1/chat/completions", Requests.MODEL);
            assertThat(client.status(stream)).isEqualTo(502);
            assertThat(client.body(stream)).startsWith("{\"error\":{");
        }
    }

    @EachTransport
    void malformedRequest_isReset_andToldOf_andNeverSentOn(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).http2().start()) {
            Http2Client client = fixture.http2();
            assertThat(client.resetCode(client.get("/api/tags", "host", "elsewhere")))
                    .isEqualTo(PROTOCOL_ERROR);
            assertThat(client.resetCode(client.get("/api/tags", "connection", "close")))
                    .isEqualTo(PROTOCOL_ERROR);
            assertThat(client.resetCode(client.get("/api/tags", "transfer-encoding", "chunked")))
                    .isEqualTo(PROTOCOL_ERROR);
            assertThat(client.resetCode(client.get("/api/tags", "X-Upper", "case")))
                    .isEqualTo(PROTOCOL_ERROR);
            assertThat(client.resetCode(client.get("http://corral.test/api/tags")))
                    .isEqualTo(PROTOCOL_ERROR);
            assertThat(client.resetCode(client.get("/api/tags", "content-length", "3")))
                    .isEqualTo(PROTOCOL_ERROR);
            assertThat(client.resetCode(client.get("/api/tags", "x-end", "a\r\nb: c")))
                    .isEqualTo(PROTOCOL_ERROR);
            assertThat(client.status(client.get("/api/tags", "host", "CORRAL.test")))
                    .isEqualTo(200);
            List<ExchangeSummary> told = fixture.observed().await(8);
            assertThat(told).hasSize(8);
            assertThat(told.subList(0, 7)).allSatisfy(malformed -> {
                assertThat(code(malformed)).isEqualTo(ErrorCode.BAD_FRAMING);
                assertThat(malformed.outcome()).isEqualTo(Outcome.REFUSED);
                assertThat(malformed.status()).isZero();
                assertThat(malformed.protocol()).isEqualTo(Protocol.HTTP_2);
                assertThat(malformed.path()).isEqualTo("-");
                assertThat(malformed.principal()).isNull();
            });
            assertThat(told.get(7).status()).isEqualTo(200);
            assertThat(fixture.ollama().requests()).hasSize(1);
        }
    }

    @EachTransport
    void bodyOfAnotherLengthThanDeclared_isReset_andNeverSent(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).http2().start()) {
            Http2Client client = fixture.http2();
            int tooLong = client.begin("POST", "/api/chat", false, "content-length", "5");
            client.data(tooLong, Requests.MODEL, true);
            assertThat(client.resetCode(tooLong)).isEqualTo(PROTOCOL_ERROR);
            int tooShort = client.begin("POST", "/api/chat", false, "content-length", "50");
            client.data(tooShort, Requests.MODEL, true);
            assertThat(client.resetCode(tooShort)).isEqualTo(PROTOCOL_ERROR);
            assertThat(fixture.observed().await(2)).allSatisfy(summary -> {
                assertThat(code(summary)).isEqualTo(ErrorCode.BAD_FRAMING);
                assertThat(summary.outcome()).isEqualTo(Outcome.REFUSED);
            });
            fixture.assertNothingLeft(1);
            assertThat(fixture.ollama().requests()).isEmpty();
        }
    }

    @EachTransport
    void malformedTrailers_endTheExchange_asTheClientsFault(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).http2().start()) {
            Http2Client client = fixture.http2();
            int stream = client.begin("POST", "/api/chat", false);
            client.data(stream, "{", false);
            client.frame(
                    Http2Client.HEADERS,
                    Http2Client.END_HEADERS | Http2Client.END_STREAM,
                    stream,
                    Http2Client.block("x-late", "fine", ":path", "/api/pull"));
            assertThat(client.resetCode(stream)).isEqualTo(PROTOCOL_ERROR);
            ExchangeSummary told = fixture.observed().awaitFirst();
            assertThat(code(told)).isEqualTo(ErrorCode.BAD_FRAMING);
            assertThat(told.outcome()).isEqualTo(Outcome.REFUSED);
            assertThat(told.path()).isEqualTo("/api/chat");
            fixture.assertNothingLeft(1);
            assertThat(fixture.ollama().requests()).isEmpty();
        }
    }

    private static ErrorCode code(ExchangeSummary summary) {
        return Objects.requireNonNull(summary.error()).code();
    }

    @EachTransport
    void refusalsAreThoseOfHttp1(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).http2().start()) {
            Http2Client client = fixture.http2();
            assertThat(client.status(client.get("/api//tags"))).isEqualTo(400);
            assertThat(client.status(client.get("/api/%74ags"))).isEqualTo(400);
            assertThat(client.status(client.begin("get", "/api/tags", true))).isEqualTo(400);
            assertThat(client.status(client.begin("DELETE", "/api/tags", true))).isEqualTo(405);
            assertThat(client.status(client.begin("GET", "/api/tags", true, "expect", "miracles")))
                    .isEqualTo(417);
            int tunnel = client.stream();
            client.frame(
                    Http2Client.HEADERS,
                    Http2Client.END_HEADERS,
                    tunnel,
                    Http2Client.block(":method", "CONNECT", ":authority", "corral.test:443"));
            assertThat(client.status(tunnel)).isEqualTo(400);
            int nowhere = client.stream();
            client.frame(
                    Http2Client.HEADERS,
                    Http2Client.END_HEADERS | Http2Client.END_STREAM,
                    nowhere,
                    Http2Client.block(":method", "GET", ":scheme", "https", ":path", "/api/tags"));
            assertThat(client.status(nowhere)).isEqualTo(400);
            assertThat(client.body(nowhere)).contains("Host");
            assertThat(fixture.ollama().requests()).isEmpty();
        }
    }

    @EachTransport
    void moreStreamsThanMayBe_areRefused_alsoByAClientThatIgnoresSettings(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport)
                .http2()
                .limits(was -> new Limits(
                        was.targetBytes(),
                        was.headerBytes(),
                        was.headerFields(),
                        was.bodyBytes(),
                        was.uploadBytes(),
                        was.bufferedBodyBytes(),
                        was.connections(),
                        was.connectionsPerAddress(),
                        3,
                        was.strangersPerMinute()))
                .start()) {
            fixture.ollama().onRequest(Answer.NEVER);
            Http2Client client = fixture.http2();
            int first = client.post("/api/generate", Requests.MODEL);
            client.post("/api/generate", Requests.MODEL);
            client.post("/api/generate", Requests.MODEL);
            assertThat(client.resetCode(client.begin("POST", "/api/generate", false)))
                    .isEqualTo(REFUSED_STREAM);
            fixture.ollama().awaitRequests(3);
            client.reset(first);
            Await.until("one is gone", () -> fixture.stats().inFlight() == 2);
            client.post("/api/generate", Requests.MODEL);
            fixture.ollama().awaitRequests(4);
        }
    }

    @EachTransport
    void headTooLarge_431(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).http2().start()) {
            Http2Client client = fixture.http2();
            assertThat(client.status(client.get("/api/tags", "x-long", "v".repeat(16_200))))
                    .isEqualTo(431);
            String[] many = new String[202];
            for (int i = 0; i < many.length; i += 2) {
                many[i] = "x-" + i;
                many[i + 1] = "v";
            }
            assertThat(client.status(client.get("/api/tags", many))).isEqualTo(431);
            assertThat(client.status(client.get("/api/tags"))).isEqualTo(200);
            assertThat(fixture.observed().await(3).subList(0, 2)).allSatisfy(summary -> {
                assertThat(code(summary)).isEqualTo(ErrorCode.HEADERS_TOO_LARGE);
                assertThat(summary.status()).isEqualTo(431);
            });
        }
    }

    @EachTransport
    void expectContinue_isAskedForOnlyWhenAdmitted(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).http2().start()) {
            Http2Client client = fixture.http2();
            int stream = client.begin("POST", "/api/chat", false, "expect", "100-continue");
            Await.until(
                    "100",
                    () -> client.frames().stream()
                            .anyMatch(frame -> frame.stream() == stream
                                    && "100".equals(frame.fields().get(":status"))));
            client.data(stream, Requests.MODEL, true);
            assertThat(client.status(stream)).isEqualTo(200);
            int refused = client.begin("POST", "/api/nothing", false, "expect", "100-continue");
            assertThat(client.status(refused)).isEqualTo(404);
            assertThat(client.frames().stream()
                            .filter(frame -> frame.stream() == refused)
                            .anyMatch(frame -> "100".equals(frame.fields().get(":status"))))
                    .isFalse();
        }
    }

    @EachTransport
    void headAndEmptyBodies_endWithTheirHead(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).http2().start()) {
            Http2Client client = fixture.http2();
            int head = client.begin("HEAD", "/", true);
            assertThat(client.status(head)).isEqualTo(200);
            assertThat(client.head(head)).containsEntry("content-length", "18");
            assertThat(client.body(head)).isEmpty();
            int listing = client.begin("HEAD", "/api/tags", true);
            assertThat(client.status(listing)).isEqualTo(200);
            assertThat(client.body(listing)).isEmpty();
            int declaredNothing = client.begin("GET", "/api/tags", false, "content-length", "0");
            assertThat(client.status(declaredNothing)).isEqualTo(200);
            assertThat(client.body(declaredNothing)).isEqualTo("{\"ok\":true}");
            int trailers = client.begin("POST", "/api/chat", false);
            client.data(trailers, Requests.MODEL, false);
            client.frame(
                    Http2Client.HEADERS,
                    Http2Client.END_HEADERS | Http2Client.END_STREAM,
                    trailers,
                    Http2Client.block("x-checksum", "1"));
            assertThat(client.status(trailers)).isEqualTo(200);
            fixture.assertNothingLeft(1);
        }
    }
}
