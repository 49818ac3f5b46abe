package dev.corral.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.spi.Endpoint;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class FieldPolicyTest {
    private static final RulesOf DROP = RulesOf.open().fields(FieldRule.DROP);
    private static final RulesOf REFUSE = RulesOf.open().fields(FieldRule.REFUSE);
    private static final Map<String, List<Endpoint>> KNOWN = Map.of(
            "template", List.of(Endpoint.GENERATE),
            "raw", List.of(Endpoint.GENERATE),
            "system", List.of(Endpoint.GENERATE),
            "context", List.of(Endpoint.GENERATE),
            "_debug_render_only",
                    List.of(Endpoint.GENERATE, Endpoint.CHAT, Endpoint.CHAT_COMPLETIONS, Endpoint.COMPLETIONS));
    private static final List<Endpoint> INFERENCE = List.of(
            Endpoint.GENERATE,
            Endpoint.CHAT,
            Endpoint.EMBED,
            Endpoint.EMBEDDINGS,
            Endpoint.CHAT_COMPLETIONS,
            Endpoint.COMPLETIONS,
            Endpoint.V1_EMBEDDINGS,
            Endpoint.RESPONSES,
            Endpoint.MESSAGES);
    private static final List<String> VALUES = List.of("\"x\"", "\"\\u0000\"", "true", "1", "0.1", "[0]", "{\"a\":1}");
    private static final List<String> ZEROS = List.of("\"\"", "false", "0", "0.0", "null", "[]", "[ ]", "{}");

    private static String body(String field, String value) {
        return "{\"model\":\"here\",\"" + field + "\":" + value + "}";
    }

    @Test
    void whereOllamaKnowsTheField_itIsTakenOutOrRefused() {
        KNOWN.forEach((field, endpoints) -> {
            for (Endpoint endpoint : endpoints) {
                for (String value : VALUES) {
                    Verdict.of(endpoint, REFUSE, body(field, value))
                            .refusedWith(
                                    ErrorCode.FORBIDDEN_FIELD,
                                    "the role \"user\" may not use \"" + field + "\" in a request");
                    Verdict verdict = Verdict.of(endpoint, DROP, body(field, value));
                    verdict.becomes(body(field, "null"), field + " dropped");
                    assertThat(verdict.kinds()).containsExactly(Change.Kind.FIELD);
                    Verdict.of(endpoint, RulesOf.open(), body(field, value)).passes();
                }
            }
        });
    }

    @Test
    void whatIsEmpty_countsAsNotGiven() {
        KNOWN.forEach((field, endpoints) -> {
            for (Endpoint endpoint : endpoints) {
                for (String value : ZEROS) {
                    if (field.equals("context") && value.startsWith("[")) {
                        continue;
                    }
                    Verdict.of(endpoint, REFUSE, body(field, value)).passes();
                    Verdict.of(endpoint, DROP, body(field, value)).passes();
                }
            }
        });
    }

    /** To Go it is one that was given, with which Ollama leaves out the messages of the model's own. */
    @Test
    void emptyContext_isTakenOut() {
        for (RulesOf rules : List.of(REFUSE, DROP)) {
            Verdict.of(Endpoint.GENERATE, rules, body("context", "[]")).becomes(body("context", "null"));
        }
        Verdict.of(Endpoint.GENERATE, RulesOf.open(), body("context", "[]")).passes();
    }

    @Test
    void whereOllamaDoesNotKnowTheField_itPasses() {
        KNOWN.forEach((field, endpoints) -> {
            for (Endpoint endpoint : INFERENCE) {
                if (!endpoints.contains(endpoint)) {
                    Verdict.of(endpoint, REFUSE, body(field, "\"x\"")).passes();
                    Verdict.of(endpoint, DROP, body(field, "\"x\"")).passes();
                }
            }
            Verdict.of(Endpoint.SHOW, REFUSE, body(field, "\"x\"")).passes();
        });
    }

    @Test
    void systemMessages_areNotTheField() {
        String body = "{\"model\":\"here\",\"messages\":[{\"role\":\"system\",\"content\":\"x\"}]}";
        Verdict.of(Endpoint.CHAT, REFUSE, body).passes();
        Verdict.of(Endpoint.MESSAGES, REFUSE, body).passes();
    }
}
