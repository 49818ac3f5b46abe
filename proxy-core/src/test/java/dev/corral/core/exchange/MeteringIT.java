package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.spi.Demand;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.Metering;
import dev.corral.core.spi.Metering.Source;
import dev.corral.core.spi.Outcome;
import dev.corral.core.testkit.Answer;
import dev.corral.core.testkit.Await;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.EachTransport;
import dev.corral.core.testkit.Framing;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.Response;
import dev.corral.core.testkit.TestClock;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.extension.ExtendWith;

/** What was used is what is charged, whatever the dialect and however the exchange ends. */
@ExtendWith(NothingLeft.class)
final class MeteringIT {
    private static final String STREAMED = "{\"model\":\"m\",\"stream\":true,\"messages\":[{\"role\":\"user\","
            + "\"content\":\"why is the sky blue, and since when\"}]}";
    private static final String WHOLE = STREAMED.replace("true", "false");
    private static final String NATIVE_END = "{\"done\":true,\"load_duration\":1000,\"prompt_eval_duration\":200,"
            + "\"eval_duration\":30,\"prompt_eval_count\":7,\"eval_count\":2}\n";
    private static final String OPENAI_PIECE = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n";
    private static final String OPENAI_USAGE = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,"
            + "\"completion_tokens\":2,\"total_tokens\":9}}\n\n";
    private static final String DONE = "data: [DONE]\n\n";

    private static Answer chunks(String type, List<String> pieces) {
        return (connection, request) -> {
            connection.readBody();
            connection.sendHead(200, "Content-Type: " + type, "Transfer-Encoding: chunked");
            for (String piece : pieces) {
                // Cut anywhere.
                connection.sendChunk(piece.substring(0, piece.length() / 2));
                connection.pause(Duration.ofMillis(1));
                connection.sendChunk(piece.substring(piece.length() / 2));
            }
            connection.sendLastChunk();
        };
    }

    private static String nativePiece(String text) {
        return "{\"message\":{\"role\":\"assistant\",\"content\":\"" + text + "\"},\"done\":false}\n";
    }

    private static Metering onlyMetering(CoreFixture fixture) {
        ExchangeSummary summary = fixture.observed().awaitFirst();
        Metering metering = summary.metering();
        Await.until("the permit is back", () -> fixture.limiter().held() == 0);
        assertThat(fixture.limiter().usages()).singleElement().satisfies(usage -> {
            assertThat(usage.metering()).isEqualTo(metering);
            assertThat(usage.responseBytes()).isEqualTo(summary.responseBytes());
        });
        return metering;
    }

    private static void assertReported(Metering metering, long prompt, long completion) {
        assertThat(metering.source()).isEqualTo(Source.REPORTED);
        assertThat(metering.ended()).isTrue();
        assertThat(metering.promptTokens()).isEqualTo(prompt);
        assertThat(metering.completionTokens()).isEqualTo(completion);
    }

    private static void assertReported(
            Transport transport, String target, String body, Answer answer, long prompt, long completion)
            throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            fixture.ollama().onRequest(answer);
            RawClient client = fixture.client();
            client.send(Requests.post(target, body));
            Response response = client.read();
            assertThat(response.status()).as(target).isEqualTo(200);
            assertThat(response.complete()).isTrue();
            assertReported(onlyMetering(fixture), prompt, completion);
            assertThat(fixture.observed().awaitFirst().responseBytes())
                    .as("bytes that were sent")
                    .isEqualTo(response.body().size());
        }
    }

    @EachTransport
    void everyDialect_isChargedAsTheUpstreamTold(Transport transport) throws IOException {
        assertReported(
                transport,
                "/api/chat",
                STREAMED,
                chunks("application/x-ndjson", List.of(nativePiece("a"), nativePiece("b"), NATIVE_END)),
                7,
                2);
        assertReported(transport, "/api/chat", WHOLE, Answer.json(200, NATIVE_END), 7, 2);
        assertReported(
                transport,
                "/v1/chat/completions",
                WHOLE,
                Answer.json(
                        200,
                        "{\"choices\":[{\"message\":{\"content\":\"ab\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":7,"
                                + "\"completion_tokens\":2,\"total_tokens\":9}}"),
                7,
                2);
        assertReported(
                transport,
                "/v1/embeddings",
                "{\"model\":\"m\",\"input\":\"a\"}",
                Answer.json(200, "{\"data\":[],\"usage\":{\"prompt_tokens\":5,\"total_tokens\":5}}"),
                5,
                0);
        assertReported(
                transport,
                "/v1/messages",
                STREAMED.replace("{\"model\"", "{\"max_tokens\":9,\"model\""),
                chunks(
                        "text/event-stream",
                        List.of(
                                "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,"
                                        + "\"delta\":{\"type\":\"text_delta\",\"text\":\"a\"}}\n\n",
                                "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{},\"usage\":"
                                        + "{\"input_tokens\":7,\"output_tokens\":2}}\n\n",
                                "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n")),
                7,
                2);
        assertReported(
                transport,
                "/v1/responses",
                "{\"model\":\"m\",\"stream\":true,\"input\":\"why\"}",
                chunks(
                        "text/event-stream",
                        List.of(
                                "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\","
                                        + "\"delta\":\"a\"}\n\n",
                                "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":"
                                        + "{\"usage\":{\"input_tokens\":7,\"output_tokens\":2,\"total_tokens\":9}}}\n\n")),
                7,
                2);
    }

    @EachTransport
    void nativeDurations_areTheGpuTime(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            fixture.ollama().onRequest(Answer.json(200, NATIVE_END));
            RawClient client = fixture.client();
            client.send(Requests.post("/api/chat", WHOLE));
            assertThat(client.read().text()).isEqualTo(NATIVE_END);
            assertThat(onlyMetering(fixture).gpuNanos()).isEqualTo(1230);
        }
    }

    @EachTransport
    void usageThatOnlyCorralAskedFor_isCutOut_andStillCharged(Transport transport) throws IOException {
        for (boolean http10 : new boolean[] {false, true}) {
            try (CoreFixture fixture = CoreSetup.on(transport).start()) {
                fixture.ollama()
                        .onRequest(
                                chunks("text/event-stream", List.of(OPENAI_PIECE, OPENAI_PIECE, OPENAI_USAGE, DONE)));
                RawClient client = fixture.client();
                String request = Requests.post("/v1/chat/completions", STREAMED);
                client.send(http10 ? Requests.http10(request) : request);
                Response response = client.read();
                assertThat(response.text()).isEqualTo(OPENAI_PIECE + OPENAI_PIECE + DONE);
                assertThat(fixture.ollama().request(0).body().text()).contains("\"include_usage\":true");
                assertReported(onlyMetering(fixture), 7, 2);
            }
        }
    }

    @EachTransport
    void lengthOfAnAnswerThatIsCut_isNotPassedOn(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            String all = OPENAI_PIECE + OPENAI_USAGE + DONE;
            fixture.ollama().onRequest((connection, request) -> {
                connection.readBody();
                connection.respond(200, "text/event-stream", all);
            });
            RawClient client = fixture.client();
            client.send(Requests.post("/v1/chat/completions", STREAMED));
            Response response = client.read();
            assertThat(response.framing()).isEqualTo(Framing.CHUNKED);
            assertThat(response.text()).isEqualTo(OPENAI_PIECE + DONE);
            client.send(Requests.get("/"));
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @EachTransport
    void usageThatTheCallerAskedFor_passes(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            String all = OPENAI_PIECE + OPENAI_USAGE + DONE;
            fixture.ollama().onRequest((connection, request) -> {
                connection.readBody();
                connection.respond(200, "text/event-stream", all);
            });
            RawClient client = fixture.client();
            client.send(Requests.post(
                    "/v1/chat/completions",
                    STREAMED.replace("{\"model\"", "{\"stream_options\":{\"include_usage\":true},\"model\"")));
            Response response = client.read();
            assertThat(response.framing()).isEqualTo(Framing.LENGTH);
            assertThat(response.text()).isEqualTo(all);
            assertReported(onlyMetering(fixture), 7, 2);
        }
    }

    @EachTransport
    void clientThatLeavesInTheMiddle_paysForWhatWasGenerated(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            fixture.ollama().onRequest((connection, request) -> {
                connection.readBody();
                connection.sendHead(200, "Content-Type: application/x-ndjson", "Transfer-Encoding: chunked");
                for (int i = 0; i < 3; i++) {
                    connection.sendChunk(nativePiece("a"));
                }
                connection.awaitEnd();
            });
            RawClient client = fixture.client();
            client.send(Requests.post("/api/chat", STREAMED));
            client.readHead();
            client.readBytes(3 * (nativePiece("a").length() + "00\r\n\r\n".length()));
            client.rst();
            Metering metering = onlyMetering(fixture);
            assertThat(fixture.observed().awaitFirst().outcome()).isEqualTo(Outcome.CLIENT_GONE);
            assertThat(metering.source()).isEqualTo(Source.ESTIMATED);
            assertThat(metering.ended()).isFalse();
            assertThat(metering.completionTokens()).isEqualTo(3);
            assertThat(metering.promptTokens()).isBetween(5L, 100L);
            assertThat(metering.gpuNanos()).isPositive();
        }
    }

    @EachTransport
    void upstreamThatBreaksOff_isPaidForWhatCame_andOfAnEventThatIsNotWholeNothingIsSent(Transport transport)
            throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            String half = OPENAI_USAGE.substring(0, 60);
            fixture.ollama().onRequest((connection, request) -> {
                connection.readBody();
                connection.sendHead(200, "Content-Type: text/event-stream", "Transfer-Encoding: chunked");
                connection.sendChunk(OPENAI_PIECE).sendChunk(half);
                connection.close();
            });
            RawClient client = fixture.client();
            client.send(Requests.post("/v1/chat/completions", STREAMED));
            Response response = client.read();
            assertThat(response.complete()).isFalse();
            assertThat(response.text()).isEqualTo(OPENAI_PIECE);
            Metering metering = onlyMetering(fixture);
            assertThat(metering.source()).isEqualTo(Source.ESTIMATED);
            assertThat(metering.ended()).isFalse();
            assertThat(metering.completionTokens()).isEqualTo(1);
        }
    }

    @EachTransport
    void refusalOfTheUpstream_orNoUpstream_costsNothing(Transport transport) throws IOException {
        for (Answer answer : List.of(Answer.json(404, "{\"error\":\"model 'm' not found\"}"), (connection, request) -> {
            connection.readBody();
            connection.close();
        })) {
            try (CoreFixture fixture = CoreSetup.on(transport).start()) {
                fixture.ollama().onRequest(answer);
                RawClient client = fixture.client();
                client.send(Requests.post("/api/chat", STREAMED));
                assertThat(client.read().status()).isIn(404, 502);
                assertThat(onlyMetering(fixture)).isEqualTo(Metering.NONE);
            }
        }
    }

    @EachTransport
    void failureOfTheUpstream_costsTheTimeThatItTook(Transport transport) throws IOException {
        TestClock clock = new TestClock();
        try (CoreFixture fixture = CoreSetup.on(transport).clock(clock).start()) {
            CompletableFuture<Void> failed = new CompletableFuture<>();
            fixture.ollama().onRequest((connection, request) -> {
                connection.readBody();
                failed.join();
                connection.respond(500, "application/json", "{\"error\":\"runner\"}");
            });
            RawClient client = fixture.client();
            client.send(Requests.post("/api/chat", STREAMED));
            Await.until(
                    "it was sent",
                    () -> fixture.ollama().requests().stream()
                            .anyMatch(request -> request.body().complete()));
            assertThat(client.silentFor(Duration.ofMillis(50))).isTrue();
            clock.advance(Duration.ofSeconds(50));
            failed.complete(null);
            assertThat(client.read().status()).isEqualTo(500);
            Metering metering = onlyMetering(fixture);
            assertThat(metering.source()).isEqualTo(Source.ESTIMATED);
            assertThat(metering.tokens()).isZero();
            assertThat(metering.gpuNanos()).isEqualTo(Duration.ofSeconds(50).toNanos());
        }
    }

    @EachTransport
    void clientThatLeavesBeforeTheAnswer_paysByWhatIsKnown(Transport transport) throws IOException {
        for (boolean streamed : new boolean[] {true, false}) {
            TestClock clock = new TestClock();
            try (CoreFixture fixture = CoreSetup.on(transport).clock(clock).start()) {
                fixture.ollama().onRequest(Answer.NEVER);
                RawClient client = fixture.client();
                client.send(Requests.post("/api/chat", streamed ? STREAMED : WHOLE));
                Await.until(
                        "it was sent",
                        () -> fixture.ollama().requests().stream()
                                .anyMatch(request -> request.body().complete()));
                assertThat(client.silentFor(Duration.ofMillis(50))).isTrue();
                clock.advance(Duration.ofSeconds(20));
                client.rst();
                Metering metering = onlyMetering(fixture);
                assertThat(metering.source()).isEqualTo(Source.ESTIMATED);
                assertThat(metering.ended()).isFalse();
                assertThat(metering.promptTokens()).isPositive();
                assertThat(metering.gpuNanos()).isEqualTo(Duration.ofSeconds(20).toNanos());
                // A stream as well: of a call of a tool nothing comes before it is whole.
                assertThat(metering.completionTokens()).isBetween(500L, 1_000L);
            }
        }
    }

    /** A call of a tool comes in one piece, when all of it is generated. */
    @EachTransport
    void clientThatLeavesAStreamOfWhichNothingCame_paysByTheTime(Transport transport) throws IOException {
        TestClock clock = new TestClock();
        try (CoreFixture fixture = CoreSetup.on(transport).clock(clock).start()) {
            fixture.ollama().onRequest((connection, request) -> {
                connection.readBody();
                connection.sendHead(200, "Content-Type: application/x-ndjson", "Transfer-Encoding: chunked");
                connection.sendChunk(nativePiece(""));
                connection.awaitEnd();
            });
            RawClient client = fixture.client();
            client.send(Requests.post("/api/chat", STREAMED));
            client.readHead();
            client.readBytes(nativePiece("").length() + "00\r\n\r\n".length());
            clock.advance(Duration.ofSeconds(20));
            client.rst();
            Metering metering = onlyMetering(fixture);
            assertThat(metering.ended()).isFalse();
            assertThat(metering.completionTokens()).isBetween(500L, 1_000L);
        }
    }

    @EachTransport
    void whatAsksNoModel_costsNothing_andTheReservationIsOfNothing(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            RawClient client = fixture.client();
            client.send(Requests.get("/api/tags"));
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(onlyMetering(fixture)).isEqualTo(Metering.NONE);
            assertThat(fixture.limiter().demands()).singleElement().isEqualTo(Demand.NONE);
        }
    }

    @EachTransport
    void encodedAnswer_cannotBeCounted_andIsNotPassed(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            fixture.ollama()
                    .onRequest(Answer.raw(
                            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\u001f\u007f"));
            RawClient client = fixture.client();
            client.send(Requests.post("/api/chat", WHOLE));
            assertThat(client.read().status()).isEqualTo(502);
            assertThat(onlyMetering(fixture)).isEqualTo(Metering.NONE);
        }
    }
}
