package dev.corral.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.spi.Endpoint;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TokenPolicyTest {
    private static final RulesOf RULES = RulesOf.open().tokens(4096, 1000);

    /** A route with what it generates from, the bound's name, and whether that is an option. */
    private enum Route {
        GENERATE(Endpoint.GENERATE, "\"prompt\":\"x\"", "num_predict"),
        CHAT(Endpoint.CHAT, "\"messages\":[{}]", "num_predict"),
        CHAT_COMPLETIONS(Endpoint.CHAT_COMPLETIONS, "\"messages\":[{}]", "max_tokens"),
        COMPLETIONS(Endpoint.COMPLETIONS, "\"prompt\":\"x\"", "max_tokens"),
        RESPONSES(Endpoint.RESPONSES, "\"input\":\"x\"", "max_output_tokens");

        private final Endpoint endpoint;
        private final String text;
        private final String field;

        Route(Endpoint endpoint, String text, String field) {
            this.endpoint = endpoint;
            this.text = text;
            this.field = field;
        }

        private boolean option() {
            return field.equals("num_predict");
        }

        private String path() {
            return option() ? "options." + field : field;
        }

        private String bare() {
            return "{\"model\":\"here\"," + text + "}";
        }

        private String with(String value) {
            String member = '"' + field + "\":" + value;
            return "{\"model\":\"here\"," + text + "," + (option() ? "\"options\":{" + member + "}" : member) + "}";
        }

        private String defaulted() {
            String member = '"' + field + "\":1000";
            return "{" + (option() ? "\"options\":{" + member + "}" : member) + ",\"model\":\"here\"," + text + "}";
        }
    }

    private static Verdict verdict(Route route, String value) {
        return Verdict.of(route.endpoint, RULES, route.with(value));
    }

    @Test
    void withinTheBound_staysByteForByte() {
        for (Route route : Route.values()) {
            List.of("1", "4096").forEach(value -> verdict(route, value).passes());
        }
    }

    @Test
    void overTheBoundOrWithoutEnd_isBroughtDown() {
        for (Route route : Route.values()) {
            for (String value : List.of("4097", "-1", "-2", "9223372036854775807", "-9223372036854775808")) {
                Verdict verdict = verdict(route, value);
                verdict.becomes(route.with("4096"), route.path() + "=4096");
                assertThat(verdict.kinds()).containsExactly(Change.Kind.TOKENS);
            }
        }
    }

    @Test
    void none_isOne_forARunnerThatTakesNoneForNoEnd() {
        for (Route route : Route.values()) {
            List.of("0", "-0").forEach(value -> verdict(route, value).becomes(route.with("1"), route.path() + "=1"));
        }
        for (Route route : List.of(Route.GENERATE, Route.CHAT)) {
            List.of("0.5", "-0.0", "1e-5")
                    .forEach(value -> verdict(route, value).becomes(route.with("1"), "options.num_predict=1"));
        }
        Verdict.of(Endpoint.EMBED, RULES, "{\"model\":\"here\",\"options\":{\"num_predict\":0}}")
                .passes();
        Verdict.of(Endpoint.MESSAGES, RULES, "{\"model\":\"here\",\"max_tokens\":0,\"messages\":[{}]}")
                .passes();
    }

    @Test
    void notGiven_getsTheDefault() {
        for (Route route : Route.values()) {
            Verdict verdict = Verdict.of(route.endpoint, RULES, route.bare());
            verdict.becomes(route.defaulted(), route.path() + "=1000");
            assertThat(verdict.kinds()).containsExactly(Change.Kind.DEFAULT);
            verdict(route, "null").becomes(route.with("1000"), route.path() + "=1000");
        }
    }

    @Test
    void options_areNumbersThatLoseTheirFraction() {
        for (Route route : List.of(Route.GENERATE, Route.CHAT)) {
            List.of("4095.9", "4.096e3").forEach(value -> verdict(route, value).passes());
            List.of("4096.9", "4097.0", "-0.9", "1e300", "-1.5", "-1e300", "99999999999999999999")
                    .forEach(value -> verdict(route, value).becomes(route.with("4096"), "options.num_predict=4096"));
            List.of("1e400", "\"1\"", "true", "[]", "{}", "1".repeat(65))
                    .forEach(value -> verdict(route, value)
                            .refused(ErrorCode.INVALID_BODY, "\"options.num_predict\"", "a whole number"));
        }
    }

    @Test
    void fieldsOfStructs_arePlainWholeNumbers() {
        for (Route route : List.of(Route.CHAT_COMPLETIONS, Route.COMPLETIONS, Route.RESPONSES)) {
            for (String value : List.of(
                    "1e2",
                    "5.0",
                    "-1.5",
                    "9223372036854775808",
                    "1e400",
                    "\"1\"",
                    "true",
                    "false",
                    "[]",
                    "{}",
                    "1".repeat(65))) {
                verdict(route, value).refused(ErrorCode.INVALID_BODY, '"' + route.field + '"', "whole number");
            }
        }
    }

    @Test
    void loading_getsNone() {
        for (Endpoint endpoint : List.of(Endpoint.GENERATE, Endpoint.COMPLETIONS)) {
            for (String body : List.of("{\"model\":\"here\"}", "{\"model\":\"here\",\"prompt\":\"\"}")) {
                Verdict.of(endpoint, RULES, body).passes();
            }
        }
        for (Endpoint endpoint : List.of(Endpoint.CHAT, Endpoint.CHAT_COMPLETIONS)) {
            for (String body : List.of("{\"model\":\"here\"}", "{\"model\":\"here\",\"messages\":[]}")) {
                Verdict.of(endpoint, RULES, body).passes();
            }
        }
    }

    @Test
    void responsesWithoutInput_mayCarryInstructions_soTheyGetIt() {
        Verdict.of(Endpoint.RESPONSES, RULES, "{\"model\":\"here\",\"instructions\":\"x\"}")
                .becomes(
                        "{\"max_output_tokens\":1000,\"model\":\"here\",\"instructions\":\"x\"}",
                        "max_output_tokens=1000");
    }

    @Test
    void embeddings_areOnlyBoundWhereTheyNameIt() {
        for (Endpoint endpoint : List.of(Endpoint.EMBED, Endpoint.EMBEDDINGS)) {
            Verdict.of(endpoint, RULES, "{\"model\":\"here\",\"prompt\":\"x\",\"input\":\"x\"}")
                    .passes();
            Verdict.of(endpoint, RULES, "{\"model\":\"here\",\"options\":{\"num_predict\":null}}")
                    .passes();
            Verdict.of(endpoint, RULES, "{\"model\":\"here\",\"options\":{\"num_predict\":-1}}")
                    .becomes("{\"model\":\"here\",\"options\":{\"num_predict\":4096}}", "options.num_predict=4096");
        }
        Verdict.of(Endpoint.V1_EMBEDDINGS, RULES, "{\"model\":\"here\",\"input\":\"x\",\"max_tokens\":-1}")
                .passes();
    }

    @Test
    void messages_areBound_butNotGivenADefault() {
        String body = "{\"model\":\"here\",\"messages\":[{}],\"max_tokens\":%s}";
        List.of("1", "4096", "0", "null")
                .forEach(value -> Verdict.of(Endpoint.MESSAGES, RULES, body.formatted(value))
                        .passes());
        List.of("4097", "-1")
                .forEach(value -> Verdict.of(Endpoint.MESSAGES, RULES, body.formatted(value))
                        .becomes(body.formatted("4096"), "max_tokens=4096"));
        Verdict.of(Endpoint.MESSAGES, RULES, body.formatted("1e2")).refused(ErrorCode.INVALID_BODY, "\"max_tokens\"");
        Verdict.of(Endpoint.MESSAGES, RULES, "{\"model\":\"here\",\"messages\":[{}]}")
                .passes();
    }

    private static String completion(String members) {
        return "{\"model\":\"here\",\"messages\":[{}]," + members + "}";
    }

    @Test
    void maxCompletionTokens_countsWhateverTheRole() {
        for (RulesOf rules : List.of(RulesOf.open(), RULES)) {
            Verdict.of(Endpoint.CHAT_COMPLETIONS, rules, completion("\"max_completion_tokens\":7"))
                    .becomes(
                            "{\"max_tokens\":7,"
                                    + completion("\"max_completion_tokens\":7").substring(1),
                            "max_tokens=7");
            Verdict.of(Endpoint.CHAT_COMPLETIONS, rules, completion("\"max_completion_tokens\":7,\"max_tokens\":null"))
                    .becomes(completion("\"max_completion_tokens\":7,\"max_tokens\":7"), "max_tokens=7");
            Verdict.of(Endpoint.CHAT_COMPLETIONS, rules, completion("\"max_completion_tokens\":7,\"max_tokens\":9"))
                    .becomes(completion("\"max_completion_tokens\":7,\"max_tokens\":7"), "max_tokens=7");
            Verdict.of(Endpoint.CHAT_COMPLETIONS, rules, completion("\"max_completion_tokens\":7,\"max_tokens\":-1"))
                    .becomes(completion("\"max_completion_tokens\":7,\"max_tokens\":7"), "max_tokens=7");
            Verdict.of(Endpoint.CHAT_COMPLETIONS, rules, completion("\"max_completion_tokens\":9,\"max_tokens\":7"))
                    .passes();
            Verdict.of(Endpoint.CHAT_COMPLETIONS, rules, completion("\"max_completion_tokens\":null,\"max_tokens\":7"))
                    .passes();
            Verdict.of(Endpoint.CHAT_COMPLETIONS, rules, completion("\"max_completion_tokens\":0,\"max_tokens\":7"))
                    .passes();
            Verdict.of(Endpoint.CHAT_COMPLETIONS, rules, completion("\"max_completion_tokens\":\"7\""))
                    .refused(ErrorCode.INVALID_BODY, "\"max_completion_tokens\"", "a string");
        }
    }

    @Test
    void maxCompletionTokens_isHeldToo() {
        Verdict.of(Endpoint.CHAT_COMPLETIONS, RULES, completion("\"max_completion_tokens\":9999"))
                .becomes(
                        "{\"max_tokens\":4096,"
                                + completion("\"max_completion_tokens\":9999").substring(1),
                        "max_tokens=4096");
        Verdict.of(Endpoint.CHAT_COMPLETIONS, RULES, completion("\"max_completion_tokens\":-1"))
                .becomes(
                        "{\"max_tokens\":1000,"
                                + completion("\"max_completion_tokens\":-1").substring(1),
                        "max_tokens=1000");
    }

    @Test
    void maxCompletionTokens_meansNothingElsewhere() {
        Verdict.of(
                        Endpoint.COMPLETIONS,
                        RulesOf.open(),
                        "{\"model\":\"here\",\"prompt\":\"x\",\"max_completion_tokens\":7}")
                .passes();
    }

    @Test
    void withoutRule_anythingPasses() {
        for (Route route : Route.values()) {
            for (String value : List.of("-1", "99999999", "\"x\"", "null")) {
                Verdict.of(route.endpoint, RulesOf.open(), route.with(value)).passes();
            }
            Verdict.of(route.endpoint, RulesOf.open(), route.bare()).passes();
        }
    }

    @Test
    void aDefaultOverTheBound_isNoRule() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TokenRule(10, 11))
                .withMessageContaining("11");
        assertThatIllegalArgumentException().isThrownBy(() -> new TokenRule(10, -1));
    }
}
