package dev.corral.server.config;

import static dev.corral.server.config.Configs.problems;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One mistake in a role each, and the one problem that it must be. */
class RoleProblemTableTest {
    private static final String OPTION = "drop, pass, pin N or clamp MIN..MAX";
    private static final String FLAG = "drop, pass, pin true or pin false";
    private static final String FIELD = "one of allow, drop, refuse";
    private static final String MODEL =
            "a model such as llama3, llama3:70b or hf.co/org/name, with * for any characters; \"*\" for all";
    private static final String MODELS = "a list of models such as llama3:70b or \"llama3*\"";
    private static final String RULES = "web-search, keep-alive, max-tokens, options, shift, template, raw, system,"
            + " context, debug-render, top-logprobs, embed-inputs, images";
    private static final String KEEP_ALIVE = "a section with min, max; \"any\" for no bounds";
    private static final String TOKENS =
            "a number of tokens, 1 to 999999999; a section with max, default; \"any\" for no bound";

    static Stream<Arguments> models() {
        return Stream.of(
                arguments("models: [a]", "models (line 4): a list (expected: a section with allow, deny, cloud)"),
                arguments("models: {alow: []}", "models.alow (line 4): unknown setting (did you mean `allow`?)"),
                arguments("models: {allow: a}", "models.allow (line 4): \"a\" (expected: " + MODELS + ")"),
                arguments("models: {allow: }", "models.allow (line 4): nothing (expected: " + MODELS + ")"),
                arguments("models: {deny: [a, b c]}", "models.deny[1] (line 4): \"b c\" (expected: " + MODEL + ")"),
                arguments("models: {deny: [\"**\"]}", "models.deny[0] (line 4): \"**\" (expected: " + MODEL + ")"),
                arguments(
                        "models: {allow: [https://x/y/z]}",
                        "models.allow[0] (line 4): \"https://x/y/z\" (expected: " + MODEL + ")"),
                arguments(
                        "models: {deny: [\"*:cloud\"]}",
                        "models.deny[0] (line 4): \"*:cloud\" (expected: a name without cloud; models that run on"
                                + " ollama.com are closed unless `cloud: true` opens them)"),
                arguments(
                        "models: {deny: [\"gpt-oss:120b-cloud\"]}",
                        "models.deny[0] (line 4): \"gpt-oss:120b-cloud\" (expected: a name without cloud; models that run"
                                + " on ollama.com are closed unless `cloud: true` opens them)"),
                arguments(
                        "models: {allow: [\"hf.co/org\"]}",
                        "models.allow[0] (line 4): \"hf.co/org\" (expected: " + MODEL
                                + "; did you mean `hf.co/org/*`?)"),
                arguments("models: {cloud: any}", "models.cloud (line 4): \"any\" (expected: true or false)"),
                arguments("cloud: true", "cloud (line 4): unknown setting (did you mean `models.cloud`?)"),
                arguments("allow: []", "allow (line 4): unknown setting (did you mean `models.allow`?)"),
                arguments("show-details: 1", "show-details (line 4): \"1\" (expected: true or false)"));
    }

    static Stream<Arguments> rules() {
        return Stream.of(
                arguments(
                        "rules: opne",
                        "rules (line 4): \"opne\" (expected: safe, open or a section with " + RULES
                                + "; did you mean `open`?)"),
                arguments("rules: []", "rules (line 4): a list (expected: safe, open or a section with " + RULES + ")"),
                arguments(
                        "rules: {num_ctx: drop}",
                        "rules.num_ctx (line 4): unknown setting (did you mean `options.num_ctx`?)"),
                arguments(
                        "rules: {keep_alive: any}",
                        "rules.keep_alive (line 4): unknown setting (did you mean `keep-alive`?)"),
                arguments(
                        "rules: {options: {num-ctx: drop}}",
                        "rules.options.num-ctx (line 4): unknown setting (did you mean `num_ctx`?)"),
                arguments(
                        "rules: {options: {temperature: drop}}",
                        "rules.options.temperature (line 4): unknown setting (expected: one of num_ctx, num_batch,"
                                + " num_gpu, main_gpu, num_thread, draft_num_predict, use_mmap)"),
                arguments(
                        "rules: {options: drop}",
                        "rules.options (line 4): \"drop\" (expected: a section with num_ctx, num_batch, num_gpu,"
                                + " main_gpu, num_thread, draft_num_predict, use_mmap)"),
                option("clamp 9..1", "clamp MIN..MAX, the smaller number first"),
                option("clamp 1-9", OPTION),
                option("clamp 1..", OPTION),
                option("clmp 1..9", OPTION + "; did you mean `clamp`?"),
                option("clamp 1..9999999999", OPTION),
                option("pin 1e3", OPTION),
                option("pin true", OPTION),
                option("pin", OPTION),
                option("8192", OPTION + "; did you mean `pin 8192`?"),
                option("512..8192", OPTION + "; did you mean `clamp 512..8192`?"),
                option("dorp", OPTION + "; did you mean `drop`?"),
                option("any", OPTION),
                option("[1, 2]", "a list", OPTION),
                arguments(
                        "rules: {options: {use_mmap: clamp 0..1}}",
                        "rules.options.use_mmap (line 4): \"clamp 0..1\" (expected: " + FLAG + ")"),
                arguments(
                        "rules: {options: {use_mmap: pin 1}}",
                        "rules.options.use_mmap (line 4): \"pin 1\" (expected: " + FLAG + ")"),
                arguments(
                        "rules: {shift: true}",
                        "rules.shift (line 4): \"true\" (expected: " + FLAG + "; did you mean `pin true`?)"),
                arguments(
                        "rules: {template: alow}",
                        "rules.template (line 4): \"alow\" (expected: " + FIELD + "; did you mean `allow`?)"),
                arguments("rules: {raw: true}", "rules.raw (line 4): \"true\" (expected: " + FIELD + ")"),
                arguments(
                        "rules: {web-search: allow}", "rules.web-search (line 4): \"allow\" (expected: true or false)"),
                arguments(
                        "rules: {top-logprobs: 21}",
                        "rules.top-logprobs (line 4): \"21\" (expected: 0 to 20; \"any\" for no bound)"),
                arguments(
                        "rules: {embed-inputs: none}",
                        "rules.embed-inputs (line 4): \"none\" (expected: 1 to 1000000; \"any\" for no bound)"),
                arguments("rules: {images: 4}", "rules.images (line 4): \"4\" (expected: a section with count, size)"),
                arguments(
                        "rules: {images: {size: 10MB}}",
                        "rules.images.size (line 4): \"10MB\" (expected: 1KiB to 1GiB; \"any\" for no bound)"));
    }

    static Stream<Arguments> bounds() {
        return Stream.of(
                arguments(
                        "rules: {keep-alive: 1h}", "rules.keep-alive (line 4): \"1h\" (expected: " + KEEP_ALIVE + ")"),
                arguments(
                        "rules: {keep-alive: {min: 2h, max: 1h}}",
                        "rules.keep-alive.min (line 4): \"2h\" (expected: at most max, which is 1h)"),
                arguments(
                        "rules: {keep-alive: {min: 2h, max: x}}",
                        "rules.keep-alive.max (line 4): \"x\" (expected: a duration such as 10s, 5m, 12h)"),
                arguments(
                        "rules: {max-tokens: {max: x, default: 20000}}",
                        "rules.max-tokens.max (line 4): \"x\" (expected: a whole number, 1 to 999999999)"),
                arguments(
                        "rules: {keep-alive: {max: 90}}",
                        "rules.keep-alive.max (line 4): \"90\" (expected: a duration such as 10s, 5m, 12h)"),
                arguments(
                        "rules: {keep-alive: {min: 500ms}}",
                        "rules.keep-alive.min (line 4): \"500ms\" (expected: 0s to 365d in whole seconds)"),
                arguments(
                        "rules: {max-tokens: lots}", "rules.max-tokens (line 4): \"lots\" (expected: " + TOKENS + ")"),
                arguments("rules: {max-tokens: 0}", "rules.max-tokens (line 4): \"0\" (expected: " + TOKENS + ")"),
                arguments("rules: {max-tokens: [1]}", "rules.max-tokens (line 4): a list (expected: " + TOKENS + ")"),
                arguments(
                        "rules: {max-tokens: {max: 5, default: 6}}",
                        "rules.max-tokens.default (line 4): \"6\" (expected: at most max, which is 5)"),
                arguments(
                        "rules: {max-tokens: {default: 20000}}",
                        "rules.max-tokens.default (line 4): \"20000\" (expected: at most max, which is 16384)"),
                arguments(
                        "rules: {max-tokens: {max: -1}}",
                        "rules.max-tokens.max (line 4): \"-1\" (expected: a whole number, 1 to 999999999)"));
    }

    static Stream<Arguments> exceptions() {
        return Stream.of(
                arguments(
                        "exceptions: {a: b}",
                        "exceptions (line 4): a section (expected: a list of sections with models and rules)"),
                arguments("exceptions: [a]", "exceptions[0] (line 4): \"a\" (expected: a section with models, rules)"),
                arguments(
                        "exceptions: [{rules: open}]",
                        "exceptions[0] (line 4): no models (expected: `models:`, " + MODELS + ")"),
                arguments(
                        "exceptions: [{models: [a]}]",
                        "exceptions[0] (line 4): no rules (expected: `rules:`, safe, open or a section with " + RULES
                                + ")"),
                arguments(
                        "exceptions: [{models: [a], rules: open}, {models: [\" \"], rules: open}]",
                        "exceptions[1].models[0] (line 4): \" \" (expected: " + MODEL + ")"),
                arguments(
                        "exceptions: [{models: [a], rules: {options: {num_gpu: x}}}]",
                        "exceptions[0].rules.options.num_gpu (line 4): \"x\" (expected: " + OPTION + ")"),
                arguments(
                        "exceptions: [{models: [a], rules: open, cloud: true}]",
                        "exceptions[0].cloud (line 4): unknown setting (expected: one of models, rules)"));
    }

    static Stream<Arguments> limits() {
        String amount = "a whole number from 1, such as 500, 20k or 2M, or none";
        String kinds = "requests-per-minute, burst, tokens-per-minute, tokens-per-day, tokens-per-month,"
                + " gpu-seconds-per-day, concurrency";
        return Stream.of(
                arguments("limits: 5", "limits (line 4): \"5\" (expected: a section with " + kinds + ")"),
                arguments(
                        "limits: {tokens-per-day: 0}",
                        "limits.tokens-per-day (line 4): \"0\" (expected: " + amount + ")"),
                arguments(
                        "limits: {tokens-per-day: 20x}",
                        "limits.tokens-per-day (line 4): \"20x\" (expected: " + amount + ")"),
                arguments(
                        "limits-together: {concurrency: -1}",
                        "limits-together.concurrency (line 4): \"-1\" (expected: " + amount + ")"),
                arguments(
                        "limits: {tokens-per-dya: 5}",
                        "limits.tokens-per-dya (line 4): unknown setting (did you mean `tokens-per-day`?)"),
                arguments("weight: 0", "weight (line 4): \"0\" (expected: 1 to 1000)"));
    }

    private static Arguments option(String value, String expectation) {
        return option(value, '"' + value + '"', expectation);
    }

    private static Arguments option(String value, String shown, String expectation) {
        return arguments(
                "rules: {options: {num_ctx: " + value + "}}",
                "rules.options.num_ctx (line 4): " + shown + " (expected: " + expectation + ")");
    }

    @ParameterizedTest
    @MethodSource({"models", "rules", "bounds", "exceptions", "limits"})
    void mistake_isOneProblemWithLineValueAndExpectation(String settings, String problem) {
        assertThat(problems("roles:\n  student:\n    groups: [read]\n    " + settings + "\n"))
                .containsExactly("roles.student." + problem);
    }

    @ParameterizedTest
    @MethodSource("managed")
    void groupThatIsOpenForNoModel_isAProblem(String group) {
        assertThat(problems("roles:\n  keeper:\n    groups: [" + group + "]\n"))
                .containsExactly("roles.keeper.manage." + group + " (line 2): nothing (expected: " + MODELS
                        + ", because the role opens " + group + ")");
        assertThat(problems("roles:\n  keeper:\n    groups: [" + group + "]\n    manage:\n      " + group + ": []\n"))
                .containsExactly("roles.keeper.manage." + group + " (line 4): nothing (expected: " + MODELS
                        + ", because the role opens " + group + ")");
    }

    static Stream<String> managed() {
        return Stream.of("pull", "push", "delete", "create");
    }

    @Test
    void groupThatIsOpenForNoModel_isReportedBesideOtherMistakes() {
        assertThat(problems("roles:\n  keeper:\n    groups: [pull]\n    rules: opne\n"))
                .hasSize(2)
                .first()
                .asString()
                .startsWith("roles.keeper.manage.pull (line 2): nothing");
    }

    @Test
    void everyMistakeOfARole_isReportedAtOnce() {
        assertThat(problems("""
                        roles:
                          student:
                            groups: [read, pul]
                            models:
                              allow: ["a b"]
                            rules:
                              keep-alive: {min: x}
                              options:
                                num_ctx: clamp 9..1
                            exceptions:
                              - models: [a]
                                rules: {raw: no}
                            manage: {pull: ["**"]}
                        """))
                .containsExactly(
                        "roles.student.groups[1] (line 3): \"pul\" (expected: one of liveness, read, inference, pull, push,"
                                + " delete, create, account, web; did you mean `pull`?)",
                        "roles.student.models.allow[0] (line 5): \"a b\" (expected: " + MODEL + ")",
                        "roles.student.rules.keep-alive.min (line 7): \"x\" (expected: a duration such as 10s, 5m, 12h)",
                        "roles.student.rules.options.num_ctx (line 9): \"clamp 9..1\" (expected: clamp MIN..MAX, the"
                                + " smaller number first)",
                        "roles.student.exceptions[0].rules.raw (line 12): \"no\" (expected: " + FIELD + ")",
                        "roles.student.manage.pull[0] (line 13): \"**\" (expected: " + MODEL + ")");
    }
}
