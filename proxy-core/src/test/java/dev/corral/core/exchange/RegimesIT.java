package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.Outcome;
import dev.corral.core.testkit.Answer;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.Response;
import dev.corral.core.testkit.TestTransports;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The same traffic under every way to use connections, on every transport, with one event loop and with two. */
@ExtendWith(NothingLeft.class)
final class RegimesIT {
    private static final int ROUNDS = 5;

    /** How a client uses its connections. */
    enum Use {
        KEEP_ALIVE,
        CLOSE_EACH,
        PIPELINED
    }

    static Stream<Arguments> regimes() {
        return TestTransports.all().stream()
                .flatMap(transport -> Stream.of(Use.values())
                        .flatMap(use -> Stream.of(1, 2).map(loops -> Arguments.of(transport, use, loops))));
    }

    private static List<String> requests(Use use) {
        String[] close = use == Use.CLOSE_EACH ? new String[] {"Connection: close"} : new String[0];
        return List.of(
                Requests.get("/api/tags", close),
                Requests.post("/api/generate", "{\"model\":\"m\",\"stream\":true}", close),
                Requests.get("/nowhere", close),
                Requests.chunked("/v1/chat/completions", close) + Requests.chunk("{\"model\":")
                        + Requests.chunk("\"m\"}") + "0\r\n\r\n",
                Requests.get("/", close),
                Requests.post(Requests.BLOB, "blob", close));
    }

    private static void assertAnswers(List<Response> responses) {
        assertThat(responses).extracting(Response::status).containsExactly(200, 200, 404, 200, 200, 200);
        assertThat(responses.get(0).text()).isEqualTo("/api/tags ");
        assertThat(responses.get(1).text()).isEqualTo("{\"n\":0}\n{\"n\":1}\n{\"n\":2}\n");
        assertThat(responses.get(3).text()).isEqualTo("/v1/chat/completions {\"model\":\"m\"}");
        assertThat(responses.get(5).text()).isEqualTo(Requests.BLOB + " blob");
        assertThat(responses).allMatch(Response::complete);
    }

    private static List<Response> run(CoreFixture fixture, Use use, RawClient kept) throws IOException {
        List<Response> responses = new ArrayList<>();
        List<String> requests = requests(use);
        if (use == Use.PIPELINED) {
            kept.send(String.join("", requests));
            for (int i = 0; i < requests.size(); i++) {
                responses.add(kept.read());
            }
            return responses;
        }
        for (String request : requests) {
            RawClient client = use == Use.CLOSE_EACH ? fixture.client() : kept;
            client.send(request);
            Response response = client.read();
            responses.add(response);
            assertThat(response.saysClose()).isEqualTo(use == Use.CLOSE_EACH);
            if (use == Use.CLOSE_EACH) {
                client.awaitClosed(Duration.ofSeconds(5));
            }
        }
        return responses;
    }

    @ParameterizedTest(name = "{0}, {1}, {2} loops")
    @MethodSource("regimes")
    void mixedTraffic_isAnsweredRight(Transport transport, Use use, int loops) throws IOException {
        Answer stream = Answer.stream(3, Duration.ofMillis(2));
        try (CoreFixture fixture = CoreSetup.on(transport).loops(loops).start()) {
            fixture.ollama().onRequest((connection, request) -> {
                if (request.target().equals("/api/generate")) {
                    stream.answer(connection, request);
                } else {
                    String body = connection.readBody().text();
                    connection.respond(200, "text/plain", request.target() + ' ' + body);
                }
            });
            RawClient kept = fixture.client();
            RawClient other = fixture.client();
            for (int i = 0; i < ROUNDS; i++) {
                assertAnswers(run(fixture, use, i % 2 == 0 ? kept : other));
            }
            List<ExchangeSummary> summaries = fixture.observed().await(6 * ROUNDS);
            assertThat(summaries).hasSize(6 * ROUNDS);
            assertThat(summaries)
                    .extracting(ExchangeSummary::outcome)
                    .containsOnly(Outcome.COMPLETED, Outcome.REFUSED, Outcome.ANSWERED);
            // A pipelined request begins while the connection of the one before it is still on its way to the pool.
            int each = use == Use.PIPELINED ? 2 : 1;
            assertThat(fixture.ollama().connections().size()).isLessThanOrEqualTo(loops * each);
            fixture.assertNothingLeft(2);
        }
    }
}
