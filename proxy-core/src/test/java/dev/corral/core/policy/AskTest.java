package dev.corral.core.policy;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.spi.Endpoint;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AskTest {
    private static final long NO_END = Long.MAX_VALUE;
    private static final RolePolicy OPEN = requireNonNull(RolePolicies.OPEN.of("anybody"));
    private static final RolePolicy HELD =
            Verdict.role(RulesOf.open().tokens(4096, 1000).rules());

    private static String body(String members) {
        return "{\"model\":\"here:local\",\"messages\":[{}],\"prompt\":\"x\",\"input\":\"x\"" + members + "}";
    }

    private static Ask ask(Endpoint endpoint, RolePolicy role, String body) {
        return Verdict.of(endpoint, role, body).forward().ask();
    }

    private static void asks(Endpoint endpoint, RolePolicy role, String members, long most, boolean named) {
        Ask ask = ask(endpoint, role, body(members));
        assertThat(ask.maxTokens()).as("%s %s", endpoint, members).isEqualTo(most);
        assertThat(ask.named()).as("%s %s", endpoint, members).isEqualTo(named);
    }

    @Test
    void streamed_asOllamaWouldStream() {
        for (Endpoint endpoint : List.of(Endpoint.GENERATE, Endpoint.CHAT)) {
            for (String stream : List.of("", ",\"stream\":null", ",\"stream\":true")) {
                assertThat(ask(endpoint, OPEN, body(stream)).streamed()).isTrue();
            }
            assertThat(ask(endpoint, OPEN, body(",\"stream\":false")).streamed())
                    .isFalse();
        }
        for (Endpoint endpoint :
                List.of(Endpoint.CHAT_COMPLETIONS, Endpoint.COMPLETIONS, Endpoint.RESPONSES, Endpoint.MESSAGES)) {
            for (String stream : List.of("", ",\"stream\":null", ",\"stream\":false")) {
                assertThat(ask(endpoint, OPEN, body(stream)).streamed()).isFalse();
            }
            assertThat(ask(endpoint, OPEN, body(",\"stream\":true")).streamed()).isTrue();
        }
        for (Endpoint endpoint : List.of(Endpoint.EMBED, Endpoint.EMBEDDINGS, Endpoint.V1_EMBEDDINGS)) {
            assertThat(ask(endpoint, OPEN, body(",\"stream\":true")).streamed()).isFalse();
        }
    }

    @Test
    void whatIsNamed_isAskedFor_afterPolicy() {
        for (Endpoint endpoint : List.of(Endpoint.CHAT_COMPLETIONS, Endpoint.COMPLETIONS, Endpoint.MESSAGES)) {
            asks(endpoint, OPEN, ",\"max_tokens\":7", 7, true);
            asks(endpoint, HELD, ",\"max_tokens\":7", 7, true);
            asks(endpoint, HELD, ",\"max_tokens\":9999", 4096, true);
            asks(endpoint, HELD, ",\"max_tokens\":-1", 4096, false);
            asks(endpoint, OPEN, ",\"max_tokens\":-1", NO_END, false);
            asks(endpoint, OPEN, ",\"max_tokens\":\"x\"", NO_END, false);
        }
        asks(Endpoint.RESPONSES, OPEN, ",\"max_output_tokens\":7", 7, true);
        asks(Endpoint.CHAT_COMPLETIONS, OPEN, ",\"max_completion_tokens\":7", 7, true);
        asks(Endpoint.CHAT_COMPLETIONS, HELD, ",\"max_completion_tokens\":9999", 4096, true);
        for (Endpoint endpoint : List.of(Endpoint.GENERATE, Endpoint.CHAT)) {
            asks(endpoint, OPEN, ",\"options\":{\"num_predict\":7}", 7, true);
            asks(endpoint, OPEN, ",\"options\":{\"num_predict\":6.5}", 7, true);
            asks(endpoint, OPEN, ",\"options\":{\"num_predict\":-2}", NO_END, false);
            asks(endpoint, HELD, ",\"options\":{\"num_predict\":7}", 7, true);
        }
    }

    @Test
    void whatIsNamedBeyondAnyContext_orNoneWhereItMayBeNoEnd_isNoEnd() {
        for (String much : List.of("9223372036854775807", "16777217")) {
            asks(Endpoint.CHAT_COMPLETIONS, OPEN, ",\"max_tokens\":" + much, NO_END, false);
            asks(Endpoint.CHAT_COMPLETIONS, OPEN, ",\"max_completion_tokens\":" + much, NO_END, false);
            asks(Endpoint.CHAT_COMPLETIONS, HELD, ",\"max_tokens\":" + much, 4096, false);
            asks(Endpoint.RESPONSES, OPEN, ",\"max_output_tokens\":" + much, NO_END, false);
            asks(Endpoint.CHAT, OPEN, ",\"options\":{\"num_predict\":" + much + "}", NO_END, false);
        }
        asks(Endpoint.CHAT_COMPLETIONS, OPEN, ",\"max_tokens\":16777216", 16_777_216, true);
        for (String none : List.of("0", "-0.0", "0.5")) {
            asks(Endpoint.CHAT, OPEN, ",\"options\":{\"num_predict\":" + none + "}", NO_END, false);
            asks(Endpoint.CHAT, HELD, ",\"options\":{\"num_predict\":" + none + "}", 1, true);
        }
        asks(Endpoint.CHAT, OPEN, ",\"options\":{\"num_predict\":1e300}", NO_END, false);
        asks(Endpoint.COMPLETIONS, OPEN, ",\"max_tokens\":0", NO_END, false);
        asks(Endpoint.CHAT_COMPLETIONS, OPEN, ",\"max_tokens\":0,\"max_completion_tokens\":7", NO_END, false);
    }

    @Test
    void whatIsNotNamed_isBoundByTheRole() {
        for (Endpoint endpoint : List.of(
                Endpoint.GENERATE,
                Endpoint.CHAT,
                Endpoint.CHAT_COMPLETIONS,
                Endpoint.COMPLETIONS,
                Endpoint.RESPONSES)) {
            asks(endpoint, HELD, "", 1000, false);
            asks(endpoint, OPEN, "", NO_END, false);
        }
    }

    @Test
    void whatGeneratesNothing_asksForNothing() {
        for (RolePolicy role : List.of(OPEN, HELD)) {
            for (Endpoint endpoint : List.of(Endpoint.EMBED, Endpoint.EMBEDDINGS, Endpoint.V1_EMBEDDINGS)) {
                asks(endpoint, role, "", 0, true);
                asks(endpoint, role, ",\"options\":{\"num_predict\":7}", 0, true);
            }
            String load = "{\"model\":\"here:local\",\"options\":{\"num_predict\":7}}";
            for (Endpoint endpoint : List.of(Endpoint.GENERATE, Endpoint.CHAT)) {
                Ask ask = ask(endpoint, role, load);
                assertThat(ask.maxTokens()).isZero();
                assertThat(ask.named()).isTrue();
            }
        }
        assertThat(ask(Endpoint.SHOW, OPEN, "{\"model\":\"here\"}")).isEqualTo(Ask.NOTHING);
    }

    @Test
    void thePrompt_isEstimatedByItsText_andEachAttachmentAtAFlatRate() {
        String body = body("");
        assertThat(ask(Endpoint.CHAT, OPEN, body).promptTokens()).isEqualTo(body.length() / 4);
        String native1 = "{\"model\":\"here\",\"prompt\":\"x\",\"images\":[\"%s\",\"%s\"]}";
        assertThat(ask(Endpoint.GENERATE, OPEN, native1.formatted("A".repeat(4000), "B".repeat(400)))
                        .promptTokens())
                .isEqualTo((native1.length() - 4) / 4 + 2 * 256);
        String url = "{\"model\":\"here\",\"messages\":[{\"content\":[{\"type\":\"image_url\",\"image_url\":"
                + "{\"url\":\"data:image/png;base64,%s\"}}]}]}";
        assertThat(ask(Endpoint.CHAT_COMPLETIONS, OPEN, url.formatted("A".repeat(4000)))
                        .promptTokens())
                .isEqualTo((url.length() - 2) / 4 + 256);
    }

    @Test
    void aTranscription_isOneAttachment() {
        PolicyDecision decision = new BodyPolicy(Verdict.CATALOGUE).decideModel(Endpoint.TRANSCRIPTIONS, OPEN, "here");
        assertThat(decision)
                .isInstanceOfSatisfying(
                        PolicyDecision.Forward.class,
                        forward -> assertThat(forward.ask()).isEqualTo(new Ask(false, false, 256, NO_END, false)));
    }
}
