package dev.corral.core.body.oracle;

import dev.corral.core.body.BodyField;
import dev.corral.core.policy.BodyRules;
import dev.corral.core.policy.FieldRule;
import dev.corral.core.policy.KeepAliveRule;
import dev.corral.core.policy.LoadOption;
import dev.corral.core.policy.ManagementRules;
import dev.corral.core.policy.ModelCatalogue;
import dev.corral.core.policy.ModelCatalogue.Place;
import dev.corral.core.policy.ModelPattern;
import dev.corral.core.policy.ModelRules;
import dev.corral.core.policy.OptionRule;
import dev.corral.core.policy.RolePolicy;
import dev.corral.core.policy.TokenRule;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.EndpointGroup;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The roles that generated requests are sent with, and the upstream's models. */
final class Roles {
    /** By key. */
    static final Map<String, Place> MODELS = Map.of(
            "registry.ollama.ai/library/llama3:latest", Place.LOCAL,
            "registry.ollama.ai/library/llama3:8b", Place.LOCAL,
            "registry.ollama.ai/library/secret:latest", Place.LOCAL,
            "registry.ollama.ai/org/tuned:q4_k_m", Place.LOCAL,
            "hf.co/org/repo:q4_0", Place.LOCAL,
            "registry.ollama.ai/library/stub:latest", Place.REMOTE);

    static final RolePolicy SAFE = new RolePolicy(
            "safe",
            new ModelRules(patterns("*"), patterns("secret"), false),
            BodyRules.SAFE,
            List.of(),
            new ManagementRules(List.of(), List.of(), List.of(), List.of()),
            false);

    /** Clamps, pins, drops, small limits; but nothing for models of {@code org}. */
    static final RolePolicy TIGHT = new RolePolicy(
            "tight",
            new ModelRules(patterns("llama3*", "org/*", "new-one", "stub"), patterns("llama3:70b"), false),
            new BodyRules(
                    false,
                    new KeepAliveRule(Duration.ofMinutes(2), Duration.ofMinutes(30)),
                    Map.of(
                            LoadOption.NUM_CTX, new OptionRule.Clamp(512, 8192),
                            LoadOption.NUM_BATCH, new OptionRule.Pin("256"),
                            LoadOption.NUM_GPU, OptionRule.Pass.INSTANCE,
                            LoadOption.MAIN_GPU, new OptionRule.Clamp(0, 1),
                            LoadOption.USE_MMAP, new OptionRule.Pin("true"),
                            LoadOption.NUM_THREAD, new OptionRule.Clamp(1, 8),
                            LoadOption.SHIFT, new OptionRule.Pin("false")),
                    new TokenRule(1000, 200),
                    FieldRule.DROP,
                    FieldRule.DROP,
                    FieldRule.DROP,
                    FieldRule.DROP,
                    FieldRule.DROP,
                    3,
                    2,
                    1,
                    20),
            List.of(new RolePolicy.ModelException(patterns("org/*"), BodyRules.OPEN)),
            new ManagementRules(
                    patterns("llama3*"), patterns("org/*"), patterns("llama3:8b"), patterns("org/*", "llama3")),
            false);

    static final RolePolicy OPEN = new RolePolicy(
            "open",
            new ModelRules(patterns("*"), List.of(), true),
            BodyRules.OPEN,
            List.of(),
            new ManagementRules(patterns("*"), patterns("*"), patterns("*"), patterns("*")),
            true);

    /** Every model is open, so that names decide nothing; but the bounds of {@link #TIGHT}. */
    static final RolePolicy FREE =
            new RolePolicy("free", OPEN.models(), TIGHT.rules(), List.of(), OPEN.management(), true);

    static final List<RolePolicy> ALL = List.of(SAFE, TIGHT, OPEN, FREE);

    private Roles() {}

    /** Whether the name of a model decides anything; where not, Ollama alone has to make something of it. */
    static boolean goesByNames(RolePolicy role) {
        return !role.equals(OPEN) && !role.equals(FREE);
    }

    /** Whether the route manages models. */
    static boolean managed(Endpoint route) {
        return route.group() != EndpointGroup.INFERENCE && route != Endpoint.SHOW;
    }

    /** Whether policy goes by this field on a route that has it, so that the scanner must find it. */
    static boolean decides(Endpoint route, BodyField field) {
        return switch (route) {
            case MESSAGES -> field != BodyField.SYSTEM && field != BodyField.TOOLS;
            case RESPONSES, CHAT_COMPLETIONS, CHAT -> field != BodyField.TOOLS;
            case SHOW, CREATE_MODEL ->
                field != BodyField.SYSTEM
                        && field != BodyField.TEMPLATE
                        && field != BodyField.MESSAGES
                        && field != BodyField.OPTIONS
                        && field.parent() == null;
            default -> true;
        };
    }

    static ModelCatalogue catalogue() {
        ModelCatalogue catalogue = new ModelCatalogue();
        catalogue.learn(MODELS);
        return catalogue;
    }

    private static List<ModelPattern> patterns(String... texts) {
        return Stream.of(texts)
                .map(text -> Objects.requireNonNull(ModelPattern.compile(text), text))
                .toList();
    }
}
