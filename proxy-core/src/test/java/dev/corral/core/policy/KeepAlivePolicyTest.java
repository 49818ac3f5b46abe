package dev.corral.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.spi.Endpoint;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class KeepAlivePolicyTest {
    private static final RulesOf RULES = RulesOf.open().keepAlive(60, 3600);
    private static final List<Endpoint> NATIVE =
            List.of(Endpoint.GENERATE, Endpoint.CHAT, Endpoint.EMBED, Endpoint.EMBEDDINGS);

    private static String body(String keepAlive) {
        return "{\"model\":\"here\",\"prompt\":\"x\",\"messages\":[1],\"keep_alive\":" + keepAlive + "}";
    }

    @Test
    void withinTheBounds_staysByteForByte() {
        for (String value : List.of(
                "60",
                "3600",
                "61.5",
                "6e1",
                "3.6E3",
                "\"60s\"",
                "\"1m\"",
                "\"1h\"",
                "\"5m\"",
                "\"59m59.999s\"",
                "\"\\u0035m\"",
                "null")) {
            NATIVE.forEach(endpoint -> Verdict.of(endpoint, RULES, body(value)).passes());
        }
    }

    @Test
    void textAsLongAsABody_isRefusedUnread() {
        for (String value : List.of("\"" + "1ns".repeat(1001) + "\"", "\"" + "\\u0031ns".repeat(400) + "\"")) {
            NATIVE.forEach(endpoint ->
                    Verdict.of(endpoint, RULES, body(value)).refused(ErrorCode.INVALID_BODY, "\"keep_alive\"", "3002"));
        }
    }

    @Test
    void absent_isLeftToTheServer() {
        NATIVE.forEach(endpoint -> Verdict.of(endpoint, RULES, "{\"model\":\"here\",\"prompt\":\"x\"}")
                .passes());
    }

    @Test
    void longerOrForEver_isBroughtToTheMost() {
        for (String value : List.of(
                "3601",
                "3600.000001",
                "1e300",
                "-1",
                "-0.5",
                "-1e-300",
                "9223372036",
                "9223372037",
                "99999999999999999999",
                "\"-1s\"",
                "\"-1ns\"",
                "\"1h1ns\"",
                "\"2562047h47m16.854775807s\"",
                "\"-2562047h47m16.854775808s\"",
                "\"\\u002d1s\"")) {
            NATIVE.forEach(
                    endpoint -> Verdict.of(endpoint, RULES, body(value)).becomes(body("3600"), "keep_alive=3600"));
        }
    }

    @Test
    void shorter_isRaisedToTheLeast_whenThereIsSomethingToAnswer() {
        for (String value : List.of(
                "0",
                "-0",
                "0.0",
                "1e-10",
                "1e-999",
                "59.999999999",
                "\"0\"",
                "\"-0\"",
                "\"0s\"",
                "\"59s\"",
                "\"0.1ns\"",
                "\"1ms\"")) {
            NATIVE.forEach(endpoint -> Verdict.of(endpoint, RULES, body(value)).becomes(body("60"), "keep_alive=60"));
        }
    }

    @Test
    void unloading_isRefused() {
        for (String value : List.of("0", "-0.0", "0e9", "1e-10", "\"0\"", "\"0s\"", "\"-0h\"", "\"0.1ns\"")) {
            for (String without : List.of("", "\"prompt\":\"\",", "\"prompt\":null,")) {
                Verdict.of(Endpoint.GENERATE, RULES, "{\"model\":\"here\"," + without + "\"keep_alive\":" + value + "}")
                        .refused(ErrorCode.FORBIDDEN_UNLOAD, "\"user\"", "keep_alive", "60");
            }
            for (String without : List.of("", "\"messages\":[],", "\"messages\":null,")) {
                Verdict.of(Endpoint.CHAT, RULES, "{\"model\":\"here\"," + without + "\"keep_alive\":" + value + "}")
                        .refused(ErrorCode.FORBIDDEN_UNLOAD, "\"user\"", "keep_alive", "60");
            }
        }
    }

    @Test
    void loadingForAMoment_isNotUnloading() {
        String load = "{\"model\":\"here\",\"keep_alive\":%s}";
        Verdict.of(Endpoint.CHAT, RULES, load.formatted("1")).becomes(load.formatted("60"), "keep_alive=60");
        Verdict.of(Endpoint.GENERATE, RULES, load.formatted("\"1ns\"")).becomes(load.formatted("60"), "keep_alive=60");
        // Ollama knows no unloading by these.
        Verdict.of(Endpoint.EMBED, RULES, load.formatted("0")).becomes(load.formatted("60"), "keep_alive=60");
        Verdict.of(Endpoint.EMBEDDINGS, RULES, load.formatted("0")).becomes(load.formatted("60"), "keep_alive=60");
    }

    @Test
    void aLeastOfNothing_allowsUnloading() {
        RulesOf rules = RulesOf.open().keepAlive(0, 3600);
        Verdict.of(Endpoint.GENERATE, rules, "{\"model\":\"here\",\"keep_alive\":0}")
                .passes();
        Verdict.of(Endpoint.CHAT, rules, "{\"model\":\"here\",\"messages\":[],\"keep_alive\":\"0\"}")
                .passes();
    }

    @Test
    void whatOllamaCannotRead_isRefused() {
        for (String value : List.of(
                "true",
                "false",
                "[]",
                "{}",
                "[1]",
                "\"\"",
                "\"1\"",
                "\"-1\"",
                "\"5 m\"",
                "\"1d\"",
                "\"for ever\"",
                "1e400",
                "-1e400",
                "1".repeat(65))) {
            NATIVE.forEach(endpoint -> Verdict.of(endpoint, RULES, body(value))
                    .refused(ErrorCode.INVALID_BODY, "\"keep_alive\"", "expected: a number of seconds"));
        }
    }

    @Test
    void withoutRule_anythingPasses() {
        for (String value : List.of("-1", "0", "true", "\"1\"")) {
            Verdict.of(Endpoint.GENERATE, RulesOf.open(), body(value)).passes();
        }
    }

    @Test
    void openAiAndAnthropicRoutes_haveNone_andItIsTakenOut() {
        for (Endpoint endpoint : List.of(
                Endpoint.CHAT_COMPLETIONS,
                Endpoint.COMPLETIONS,
                Endpoint.V1_EMBEDDINGS,
                Endpoint.RESPONSES,
                Endpoint.MESSAGES)) {
            Verdict.of(endpoint, RULES, body("-1")).becomes(body("null"), "keep_alive dropped");
            Verdict.of(endpoint, RulesOf.open(), body("-1")).passes();
        }
    }

    @Test
    void boundsThatAreNoWholeSeconds_areWrittenOut() {
        BodyRules rules = new BodyRules(
                true,
                new KeepAliveRule(Duration.ofMillis(1500), Duration.ofSeconds(Long.MAX_VALUE)),
                BodyRules.OPEN.load(),
                null,
                FieldRule.ALLOW,
                FieldRule.ALLOW,
                FieldRule.ALLOW,
                FieldRule.ALLOW,
                FieldRule.ALLOW,
                1,
                1,
                1,
                1);
        Verdict.of(Endpoint.GENERATE, Verdict.role(rules), body("1")).becomes(body("1.5"), "keep_alive=1.5");
        // "For ever" is never passed on as such.
        assertThat(Verdict.of(Endpoint.GENERATE, Verdict.role(rules), body("-1"))
                        .texts())
                .containsExactly("keep_alive=9223372036.854775806");
    }

    @Test
    void boundsTheWrongWayRound_areNoRule() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KeepAliveRule(Duration.ofHours(2), Duration.ofHours(1)))
                .withMessageContaining("PT2H");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KeepAliveRule(Duration.ofHours(-2), Duration.ofHours(1)));
    }
}
