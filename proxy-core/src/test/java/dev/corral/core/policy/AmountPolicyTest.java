package dev.corral.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.spi.Endpoint;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@link AmountPolicy}, {@link TopLogprobsPolicy} and {@link WebSearchPolicy}. */
final class AmountPolicyTest {
    private static String embed(String input) {
        return "{\"model\":\"here\",\"input\":" + input + "}";
    }

    @Test
    void tooManyTexts_areNotEmbedded() {
        RulesOf rules = RulesOf.open().embedInputs(2);
        for (Endpoint endpoint : List.of(Endpoint.EMBED, Endpoint.V1_EMBEDDINGS)) {
            for (String input :
                    List.of("\"x\"", "[]", "[\"a\"]", "[\"a\",\"b\"]", "null", "{\"a\":1,\"b\":2,\"c\":3}")) {
                Verdict.of(endpoint, rules, embed(input)).passes();
            }
            Verdict.of(endpoint, rules, embed("[\"a\",\"b\",[\"c\"]]"))
                    .refused(ErrorCode.OVER_LIMIT, "\"input\"", "3 texts", "at most 2", "\"user\"");
        }
        // A conversation's items are no texts to embed.
        Verdict.of(Endpoint.RESPONSES, rules, embed("[{},{},{}]")).passes();
    }

    @Test
    void tooManyImages_areRefused() {
        RulesOf rules = RulesOf.open().images(2, 100);
        String generate = "{\"model\":\"here\",\"images\":[%s]}";
        for (String images : List.of("", "\"AAAA\"", "\"AAAA\",\"AAAA\"")) {
            Verdict.of(Endpoint.GENERATE, rules, generate.formatted(images)).passes();
        }
        Verdict.of(Endpoint.GENERATE, rules, generate.formatted("\"AAAA\",\"AAAA\",\"AAAA\""))
                .refused(ErrorCode.OVER_LIMIT, "3 images", "at most 2", "\"user\"");
        Verdict.of(
                        Endpoint.CHAT,
                        rules,
                        "{\"model\":\"here\",\"messages\":[{\"images\":[\"AAAA\"]},{\"images\":[\"AAAA\",\"AAAA\"]}]}")
                .refused(ErrorCode.OVER_LIMIT, "3 images", "at most 2", "\"user\"");
        Verdict.of(Endpoint.EMBED, rules, generate.formatted("1,2,3")).passes();
    }

    @Test
    void tooLargeAnImage_isRefused() {
        for (int bytes : List.of(0, 1, 2, 3, 99, 100, 101, 102)) {
            RulesOf rules = RulesOf.open().images(1, bytes);
            int fits = (bytes + 2) / 3 * 4;
            String body = "{\"model\":\"here\",\"images\":[\"%s\"]}";
            Verdict.of(Endpoint.GENERATE, rules, body.formatted("A".repeat(fits)))
                    .passes();
            Verdict.of(Endpoint.GENERATE, rules, body.formatted("A".repeat(fits + 1)))
                    .refused(ErrorCode.OVER_LIMIT, "at most " + bytes, "\"user\"");
        }
    }

    @Test
    void topLogprobs_areBroughtDown() {
        RulesOf rules = RulesOf.open().topLogprobs(5);
        for (Endpoint endpoint : List.of(Endpoint.GENERATE, Endpoint.CHAT, Endpoint.CHAT_COMPLETIONS)) {
            String body = "{\"model\":\"here\",\"logprobs\":true,\"top_logprobs\":%s}";
            for (String value : List.of("null", "0", "5", "-1")) {
                Verdict.of(endpoint, rules, body.formatted(value)).passes();
            }
            for (String value : List.of("6", "20", "9223372036854775807")) {
                Verdict verdict = Verdict.of(endpoint, rules, body.formatted(value));
                verdict.becomes(body.formatted("5"), "top_logprobs=5");
                assertThat(verdict.kinds()).containsExactly(Change.Kind.TOP_LOGPROBS);
            }
            for (String value : List.of("5.0", "1e1", "\"5\"", "true", "[]")) {
                Verdict.of(endpoint, rules, body.formatted(value))
                        .refused(ErrorCode.INVALID_BODY, "\"top_logprobs\"", "whole number");
            }
        }
    }

    @Test
    void inCompletions_logprobsIsTheNumber() {
        RulesOf rules = RulesOf.open().topLogprobs(5);
        String body = "{\"model\":\"here\",\"prompt\":\"x\",\"logprobs\":%s}";
        List.of("null", "0", "5", "-1")
                .forEach(value -> Verdict.of(Endpoint.COMPLETIONS, rules, body.formatted(value))
                        .passes());
        Verdict.of(Endpoint.COMPLETIONS, rules, body.formatted("6")).becomes(body.formatted("5"), "logprobs=5");
        Verdict.of(Endpoint.COMPLETIONS, rules, body.formatted("true"))
                .refused(ErrorCode.INVALID_BODY, "\"logprobs\"", "whole number");
    }

    @Test
    void toolsThatSearchTheWeb_areRefused() {
        RulesOf rules = RulesOf.open().noWebSearch();
        for (Endpoint endpoint : List.of(Endpoint.RESPONSES, Endpoint.MESSAGES)) {
            String body = "{\"model\":\"here\",\"tools\":[{\"type\":\"%s\"}]}";
            Verdict.of(endpoint, rules, body.formatted("function")).passes();
            Verdict.of(endpoint, rules, "{\"model\":\"here\"}").passes();
            Verdict.of(endpoint, rules, body.formatted("web_search"))
                    .refused(ErrorCode.FORBIDDEN_WEB_SEARCH, "\"user\"", "\"tools\"");
            Verdict.of(endpoint, RulesOf.open(), body.formatted("web_search")).passes();
        }
        String anthropic = "{\"model\":\"here\",\"tools\":[{\"type\":\"web_search_20250305\"}]}";
        Verdict.of(Endpoint.MESSAGES, rules, anthropic).refused(ErrorCode.FORBIDDEN_WEB_SEARCH);
        // To the other routes such a tool is a function like any other.
        Verdict.of(Endpoint.CHAT, rules, anthropic).passes();
        Verdict.of(Endpoint.CHAT_COMPLETIONS, rules, anthropic).passes();
    }
}
