package dev.corral.core.testkit.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.spi.Endpoint;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The upstream of the tests against Ollama's own middleware. */
class RecordedAnswersTest {
    private static final Map<String, Endpoint> ROUTES = Map.ofEntries(
            Map.entry("generate", Endpoint.GENERATE),
            Map.entry("chat", Endpoint.CHAT),
            Map.entry("embed", Endpoint.EMBED),
            Map.entry("embeddings", Endpoint.EMBEDDINGS),
            Map.entry("v1chat", Endpoint.CHAT_COMPLETIONS),
            Map.entry("v1completions", Endpoint.COMPLETIONS),
            Map.entry("v1embeddings", Endpoint.V1_EMBEDDINGS),
            Map.entry("responses", Endpoint.RESPONSES),
            Map.entry("messages", Endpoint.MESSAGES),
            Map.entry("transcriptions", Endpoint.TRANSCRIPTIONS));
    private static final Map<String, Endpoint> FAILED = Map.of(
            "error-native", Endpoint.CHAT,
            "error-v1chat", Endpoint.CHAT_COMPLETIONS,
            "error-responses", Endpoint.RESPONSES,
            "error-messages", Endpoint.MESSAGES);

    static List<Recorded> recorded() {
        return Recorded.all();
    }

    @ParameterizedTest
    @MethodSource("recorded")
    void answer_isByteForByteWhatOllamaSays(Recorded recorded) {
        Order order = order(recorded.name());
        boolean usage = recorded.name().contains("-usage-");
        String body;
        if (order.fault() == Fault.STATUS) {
            assertThat(recorded.status()).isEqualTo(500);
            body = Answers.error(order);
        } else {
            assertThat(recorded.contentType()).isEqualTo(Answers.contentType(order));
            assertThat(recorded.chunked()).isEqualTo(Answers.chunked(order));
            StringBuilder joined = new StringBuilder();
            if (Answers.chunked(order)) {
                Answers.stream(order, usage).forEach(frame -> joined.append(frame.text()));
            } else {
                joined.append(Answers.whole(order));
            }
            body = joined.toString();
        }
        assertThat(plain(body)).isEqualTo(plain(recorded.body()));
    }

    private static Order order(String name) {
        Endpoint failed = FAILED.get(name);
        if (failed != null) {
            return new Order(1, failed, "m", true, false, costs(0), Fault.STATUS);
        }
        String[] parts = name.split("-", -1);
        Endpoint endpoint = ROUTES.get(parts[0]);
        assertThat(endpoint).as(name).isNotNull();
        int thinking = endpoint == Endpoint.COMPLETIONS || endpoint == Endpoint.TRANSCRIPTIONS ? 0 : 2;
        Fault fault = name.endsWith("-error") ? Fault.ERROR : name.endsWith("-unended") ? Fault.NO_END : Fault.NONE;
        return new Order(1, endpoint, "m", parts.length == 3, name.contains("-usage-"), costs(thinking), fault);
    }

    private static Costs costs(int thinking) {
        return new Costs(7, thinking, 4 - thinking, 1_000_000, 2_000_000, 3_000_000);
    }

    /** Without what differs from one answer to the next. */
    private static String plain(String body) {
        return body.replaceAll("(chatcmpl-|cmpl-|rs_resp_|resp_|rs_|msg_|req_)[0-9a-f]+", "$1N")
                .replaceAll("\"(created|created_at|completed_at)\":[0-9]+", "\"$1\":0")
                // A guess, by the length of the prompt.
                .replaceAll("\"input_tokens\":[0-9]+,\"output_tokens\":0", "\"input_tokens\":0,\"output_tokens\":0")
                .replaceAll("\"max_output_tokens\":([0-9]+|null)", "\"max_output_tokens\":0");
    }
}
