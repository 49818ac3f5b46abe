package dev.corral.server.config;

import static dev.corral.server.config.Configs.valid;
import static dev.corral.server.config.Configs.warnings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.auth.limit.RoleLimits;
import dev.corral.core.policy.BodyRules;
import dev.corral.core.policy.FieldRule;
import dev.corral.core.policy.KeepAliveRule;
import dev.corral.core.policy.LoadOption;
import dev.corral.core.policy.ModelName;
import dev.corral.core.policy.OptionRule;
import dev.corral.core.policy.RolePolicy;
import dev.corral.core.policy.TokenRule;
import dev.corral.core.spi.EndpointGroup;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a role of the file becomes. */
class RoleReadingTest {
    private static Role role(String settings) {
        return Objects.requireNonNull(
                valid("roles: {r: {groups: [read], " + settings + "}}").roles().get("r"));
    }

    private static BodyRules rules(String settings) {
        return role("rules: {" + settings + "}").policy().rules();
    }

    private static ModelName name(String text) {
        return Objects.requireNonNull(ModelName.parse(text));
    }

    @Test
    void shippedUser_mayUseModelsThatRunHereWithSafeRules() {
        Role user = Objects.requireNonNull(CorralConfig.SHIPPED_ROLES.get("user"));

        assertThat(user.groups()).containsExactly(EndpointGroup.LIVENESS, EndpointGroup.READ, EndpointGroup.INFERENCE);
        assertThat(user.policy().role()).isEqualTo("user");
        assertThat(user.policy().rules()).isEqualTo(BodyRules.SAFE);
        assertThat(user.policy().models().opens(name("hf.co/org/any:thing"))).isTrue();
        assertThat(user.policy().models().cloud()).isFalse();
        assertThat(user.policy().showDetails()).isFalse();
        assertThat(user.policy().management().pull()).isEmpty();
    }

    @Test
    void shippedAdmin_mayDoEverythingButChooseRegistriesFreely() {
        Role admin = Objects.requireNonNull(CorralConfig.SHIPPED_ROLES.get("admin"));

        assertThat(admin.groups()).isEqualTo(EnumSet.allOf(EndpointGroup.class));
        assertThat(admin.policy().rules()).isEqualTo(BodyRules.OPEN);
        assertThat(admin.policy().models().cloud()).isTrue();
        assertThat(admin.policy().showDetails()).isTrue();
        assertThat(admin.policy().management().pull())
                .extracting(Object::toString)
                .containsExactly("registry.ollama.ai/*/*", "hf.co/*/*", "huggingface.co/*/*");
        assertThat(admin.policy().management().push())
                .extracting(Object::toString)
                .containsExactly("registry.ollama.ai/*/*");
        assertThat(admin.policy().management().delete())
                .extracting(Object::toString)
                .containsExactly("*");
        assertThat(admin.policy().management().create())
                .extracting(Object::toString)
                .containsExactly("*");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "show-details: false",
                "rules: safe",
                "rules:",
                "rules: {}",
                "models:",
                "models: {cloud: false}",
                "exceptions: []",
                "manage: {pull: []}",
                "rules: {options: {}, images: {}, keep-alive: {}, max-tokens: {}}"
            })
    void whatSaysNothing_isAsIfItWereNotThere(String settings) {
        assertThat(role(settings)).isEqualTo(Role.safe("r", EnumSet.of(EndpointGroup.READ)));
    }

    @Test
    void roleNamedLikeAShippedOne_inheritsNothingOfIt() {
        CorralConfig config = valid("roles: {admin: {groups: [read]}}");

        assertThat(config.roles().get("admin")).isEqualTo(Role.safe("admin", EnumSet.of(EndpointGroup.READ)));
    }

    @Test
    void models_areAllowedDeniedAndCloudOpened() {
        RolePolicy policy = role("models: {allow: [\"llama3*\", \"org/tiny-chat:*\"], deny: [\"*:70b\"], cloud: true}")
                .policy();

        assertThat(policy.models().opens(name("llama3.3"))).isTrue();
        assertThat(policy.models().opens(name("org/tiny-chat:q4"))).isTrue();
        assertThat(policy.models().opens(name("llama3:70b"))).isFalse();
        assertThat(policy.models().opens(name("gemma3"))).isFalse();
        assertThat(policy.models().cloud()).isTrue();
    }

    @Test
    void catalogue_isNeededWhereCloudIsClosedOrModelsAreMade() {
        EnumSet<EndpointGroup> read = EnumSet.of(EndpointGroup.READ);
        assertThat(Role.safe("monitor", read).needsCatalogue()).isTrue();
        RolePolicy open = role("models: {cloud: true}").policy();
        assertThat(new Role(read, open, RoleLimits.NONE).needsCatalogue()).isFalse();
        assertThat(new Role(EnumSet.of(EndpointGroup.CREATE), open, RoleLimits.NONE).needsCatalogue())
                .isTrue();
    }

    @Test
    void everyRule_arrivesInItsRecord() {
        BodyRules rules = rules("""
                web-search: true, keep-alive: {min: 2m, max: 2h}, max-tokens: {max: 100, default: 50},
                options: {num_ctx: clamp 512..8192, num_batch: pass, num_gpu: pin -1, main_gpu: pin 0,
                num_thread: drop, draft_num_predict: clamp 0 .. 7, use_mmap: pin true}, shift: pin false,
                template: drop, raw: allow, system: refuse, context: drop, debug-render: allow,
                top-logprobs: 5, embed-inputs: 6, images: {count: 7, size: 8KiB}""");

        assertThat(rules.webSearch()).isTrue();
        assertThat(rules.keepAlive()).isEqualTo(new KeepAliveRule(Duration.ofMinutes(2), Duration.ofHours(2)));
        assertThat(rules.tokens()).isEqualTo(new TokenRule(100, 50));
        assertThat(rules.load())
                .containsEntry(LoadOption.NUM_CTX, new OptionRule.Clamp(512, 8192))
                .containsEntry(LoadOption.NUM_BATCH, OptionRule.Pass.INSTANCE)
                .containsEntry(LoadOption.NUM_GPU, new OptionRule.Pin("-1"))
                .containsEntry(LoadOption.MAIN_GPU, new OptionRule.Pin("0"))
                .containsEntry(LoadOption.NUM_THREAD, OptionRule.Drop.INSTANCE)
                .containsEntry(LoadOption.DRAFT_NUM_PREDICT, new OptionRule.Clamp(0, 7))
                .containsEntry(LoadOption.USE_MMAP, new OptionRule.Pin("true"))
                .containsEntry(LoadOption.SHIFT, new OptionRule.Pin("false"));
        assertThat(rules.template()).isEqualTo(FieldRule.DROP);
        assertThat(rules.raw()).isEqualTo(FieldRule.ALLOW);
        assertThat(rules.system()).isEqualTo(FieldRule.REFUSE);
        assertThat(rules.context()).isEqualTo(FieldRule.DROP);
        assertThat(rules.debugRender()).isEqualTo(FieldRule.ALLOW);
        assertThat(rules.topLogprobs()).isEqualTo(5);
        assertThat(rules.embedInputs()).isEqualTo(6);
        assertThat(rules.images()).isEqualTo(7);
        assertThat(rules.imageBytes()).isEqualTo(8192);
    }

    @Test
    void any_isNoBound() {
        BodyRules rules = rules("keep-alive: any, max-tokens: any, top-logprobs: any, embed-inputs: any,"
                + " images: {count: any, size: any}");

        assertThat(rules.keepAlive()).isNull();
        assertThat(rules.tokens()).isNull();
        assertThat(rules.topLogprobs()).isEqualTo(BodyRules.OPEN.topLogprobs());
        assertThat(rules.embedInputs()).isEqualTo(BodyRules.OPEN.embedInputs());
        assertThat(rules.images()).isEqualTo(BodyRules.OPEN.images());
        assertThat(rules.imageBytes()).isEqualTo(BodyRules.OPEN.imageBytes());
    }

    @Test
    void pinnedNumber_isWrittenAsJsonWritesIt() {
        assertThat(rules("options: {num_ctx: pin 008}").load())
                .containsEntry(LoadOption.NUM_CTX, new OptionRule.Pin("8"));
        assertThat(rules("options: {num_ctx: pin -0}").load())
                .containsEntry(LoadOption.NUM_CTX, new OptionRule.Pin("0"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{max: 10m}        | 60   | 600",
                "{max: 30s}        | 30   | 30",
                "{min: 2h}         | 7200 | 7200",
                "{min: 0s}         | 0    | 3600",
                "{min: 5m, max: 5m}| 300  | 300"
            })
    void keepAliveBoundThatIsLeftOut_givesWayToTheOneNamed(String value, long min, long max) {
        assertThat(rules("keep-alive: " + value).keepAlive())
                .isEqualTo(new KeepAliveRule(Duration.ofSeconds(min), Duration.ofSeconds(max)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "4096                       | 4096  | 4096",
                "{max: 32768}               | 32768 | 32768",
                "{default: 512}             | 16384 | 512",
                "{max: 4096, default: 4096} | 4096  | 4096"
            })
    void tokenDefaultThatIsLeftOut_isTheMaximum(String value, long max, long byDefault) {
        assertThat(rules("max-tokens: " + value).tokens()).isEqualTo(new TokenRule(max, byDefault));
    }

    @Test
    void exception_saysWhatDiffersFromTheRolesOwnRules() {
        RolePolicy policy = role("""
                rules: {max-tokens: 9, options: {num_ctx: pin 4096, num_gpu: pass}}, exceptions: [
                {models: ["llama3*"], rules: {options: {num_ctx: pin 8192}}},
                {models: ["llama3:70b", "qwen3*"], rules: open}]""").policy();

        assertThat(policy.rulesFor(name("gemma3"))).isEqualTo(policy.rules());
        assertThat(policy.rulesFor(name("qwen3:4b"))).isEqualTo(BodyRules.OPEN);
        BodyRules first = policy.rulesFor(name("llama3:70b"));
        assertThat(first.tokens()).isEqualTo(new TokenRule(9, 9));
        assertThat(first.load())
                .containsEntry(LoadOption.NUM_CTX, new OptionRule.Pin("8192"))
                .containsEntry(LoadOption.NUM_GPU, OptionRule.Pass.INSTANCE)
                .containsEntry(LoadOption.SHIFT, OptionRule.Drop.INSTANCE);
    }

    @Test
    void exceptionFromOpenRules_hasSafeBoundsWhereItNamesHalfOfOne() {
        RolePolicy policy = role("rules: open, exceptions: [{models: [a], rules: {keep-alive: {max: 2h}, max-tokens:"
                        + " {default: 5}}}]")
                .policy();

        BodyRules rules = policy.rulesFor(name("a"));
        assertThat(rules.keepAlive()).isEqualTo(new KeepAliveRule(Duration.ofMinutes(1), Duration.ofHours(2)));
        assertThat(rules.tokens()).isEqualTo(new TokenRule(16_384, 5));
        assertThat(rules.template()).isEqualTo(FieldRule.ALLOW);
    }

    @Test
    void roleThatManages_saysWhichModels() {
        CorralConfig config = valid("""
                roles:
                  keeper:
                    groups: [pull, push, delete, create]
                    manage: {pull: ["library/*"], push: [us/a], delete: ["*"], create: ["us/*"]}
                """);

        RolePolicy policy = Objects.requireNonNull(config.roles().get("keeper")).policy();
        assertThat(policy.management())
                .hasToString("ManagementRules[pull=[library/*], push=[us/a], delete=[*], create=[us/*]]");
    }

    @Test
    void variable_isPutIntoRulesAndPatterns() {
        ConfigResult result = new ConfigReader(Configs.environment(java.util.Map.of("M", "gemma3:4b", "N", "77")))
                .read(
                        "roles: {r: {groups: [], models: {allow: [\"${M}\"]}, rules: {max-tokens: \"${N}\"}}}",
                        Configs.ETC,
                        Overrides.NONE);

        RolePolicy policy =
                Objects.requireNonNull(valid(result).roles().get("r")).policy();
        assertThat(policy.models().allow()).hasToString("[gemma3:4b]");
        assertThat(policy.rules().tokens()).isEqualTo(new TokenRule(77, 77));
    }

    @Test
    void roleThatCanUseNoModel_isLegalAndSaidInAWarning() {
        assertThat(warnings("roles:\n  r:\n    groups: [inference]\n    models:\n      allow: []\n"))
                .containsExactly("roles.r.models.allow (line 5): an empty list: the role can use no model");
    }

    @Test
    void patternsForWhatIsNotOpen_areSaidInAWarning() {
        assertThat(warnings("roles:\n  r:\n    groups: [read]\n    manage: {delete: [a]}\n"))
                .containsExactly("roles.r.manage.delete (line 4): has no effect: the role does not open delete");
    }
}
