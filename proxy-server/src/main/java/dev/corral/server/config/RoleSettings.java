package dev.corral.server.config;

import static dev.corral.server.config.Types.BOOLEAN;

import dev.corral.auth.limit.LimitSet;
import dev.corral.auth.limit.RoleLimits;
import dev.corral.core.policy.BodyRules;
import dev.corral.core.policy.ManagementRules;
import dev.corral.core.policy.ModelPattern;
import dev.corral.core.policy.ModelRules;
import dev.corral.core.policy.RolePolicy;
import dev.corral.core.policy.RolePolicy.ModelException;
import dev.corral.core.spi.EndpointGroup;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/** What may be said of a role. */
final class RoleSettings {
    private static final List<String> GROUP_NAMES =
            Arrays.stream(EndpointGroup.values()).map(EndpointGroup::configName).toList();

    private static final Member<Role, List<EndpointGroup>> GROUPS = new Member<>(
            "groups",
            new ListType<>(
                    "a list of " + String.join(", ", GROUP_NAMES),
                    Types.oneOf(List.of(EndpointGroup.values()), EndpointGroup::configName)),
            "What it opens; everything else is closed to it.",
            role -> List.copyOf(role.groups()),
            Member.Presence.REQUIRED);

    private static final Member<ModelRules, List<ModelPattern>> ALLOW = new Member<>(
            "allow",
            PolicyTypes.MODELS,
            "Which models it may use. A name without a tag means :latest, one with a * any tag; \"*\" is every model.",
            ModelRules::allow);
    private static final Member<ModelRules, List<ModelPattern>> DENY =
            new Member<>("deny", PolicyTypes.MODELS, "Which of these it may not use after all.", ModelRules::deny);
    private static final Member<ModelRules, Boolean> CLOUD = new Member<>(
            "cloud",
            BOOLEAN,
            "Whether also models that run on ollama.com, on the account that Ollama is signed in to.",
            ModelRules::cloud);
    private static final Member<Role, ModelRules> MODELS = new Member<>(
            "models",
            new Section<>(
                    List.of(ALLOW, DENY, CLOUD),
                    RoleSettings::models,
                    policyOfNobody().models()),
            "Models; one that is not open looks as if it did not exist, and is in no listing.",
            role -> role.policy().models());

    private static final Member<Role, BodyRules> RULES = new Member<>(
            "rules",
            RuleSettings.RULES,
            "What requests may ask of a model. safe is what follows here, open holds nothing back, a section says what"
                    + " differs from safe.",
            role -> role.policy().rules(),
            Member.Presence.SHOWN);
    private static final Member<Role, Boolean> SHOW_DETAILS = new Member<>(
            "show-details",
            BOOLEAN,
            "Whether /api/show tells system prompt, template, messages and Modelfile.",
            role -> role.policy().showDetails());

    private static final Map<EndpointGroup, Member<ManagementRules, List<ModelPattern>>> PATTERNS = patterns();
    private static final Member<Role, ManagementRules> MANAGE = new Member<>(
            "manage",
            new Section<>(
                    List.copyOf(PATTERNS.values()),
                    RoleSettings::manage,
                    policyOfNobody().management()),
            "For roles that open pull, push, delete or create: with which models, of those that models opens.",
            role -> role.policy().management());

    private static final Member<Role, LimitSet> LIMITS = new Member<>(
            "limits",
            LimitSettings.LIMITS,
            "How much each of its keys may use, as far as nothing else is set for the key; docs/limits.md tells how it is"
                    + " counted.",
            role -> role.limits().each());
    private static final Member<Role, LimitSet> TOGETHER = new Member<>(
            "limits-together",
            LimitSettings.LIMITS,
            "How much all of its keys together may use.",
            role -> role.limits().together());
    private static final Member<Role, Integer> WEIGHT = new Member<>(
            "weight",
            Types.number(1, 1_000),
            "The share of each of its keys where keys wait for Ollama: with 2 twice that of a key with 1.",
            role -> role.limits().weight());

    private static final Member<ModelException, List<ModelPattern>> EXCEPTION_MODELS = new Member<>(
            "models", PolicyTypes.MODELS, "Which models.", ModelException::models, Member.Presence.REQUIRED);
    private static final Member<ModelException, BodyRules> EXCEPTION_RULES =
            new Member<>("rules", RuleSettings.RULES, "What differs.", ModelException::rules, Member.Presence.REQUIRED);

    private RoleSettings() {}

    /**
     * A role.
     *
     * @param base what holds where the role says nothing; has its name
     * @param rules what holds where its exceptions say nothing, for writing; reading goes by the role's own
     */
    static Section<Role> role(Role base, BodyRules rules) {
        return new Section<>(
                List.of(GROUPS, MODELS, RULES, exceptions(rules), SHOW_DETAILS, MANAGE, LIMITS, TOGETHER, WEIGHT),
                RoleSettings::read,
                base);
    }

    private static Role read(Values<Role> values) {
        Set<EndpointGroup> groups = new LinkedHashSet<>(values.get(GROUPS));
        ManagementRules management = values.get(MANAGE);
        if (values.sound()) {
            PATTERNS.forEach((group, member) ->
                    check(group, groups.contains(group), member.of().apply(management), values));
        }
        BodyRules rules = values.get(RULES);
        RolePolicy policy = new RolePolicy(
                values.base().name(),
                values.get(MODELS),
                rules,
                values.get(exceptions(rules)),
                management,
                values.get(SHOW_DETAILS));
        return new Role(groups, policy, limits(values));
    }

    private static RoleLimits limits(Values<Role> values) {
        LimitSet each = values.get(LIMITS);
        LimitSet together = values.get(TOGETHER);
        int weight = values.get(WEIGHT);
        if (values.sound()) {
            LimitSettings.compare(each, together, LIMITS, TOGETHER, values);
        }
        return new RoleLimits(each, together, weight);
    }

    /** What is open needs a pattern to be of any use, and the other way round. */
    private static void check(EndpointGroup group, boolean open, List<ModelPattern> patterns, Values<Role> values) {
        Location at = values.at(MANAGE);
        Location here = at.child(group.configName(), at.line());
        if (open && patterns.isEmpty()) {
            values.problem(
                    here,
                    "nothing (expected: " + PolicyTypes.MODELS.expectation() + ", because the role opens "
                            + group.configName() + ")");
        } else if (!open && !patterns.isEmpty()) {
            values.warn(here, "has no effect: the role does not open " + group.configName());
        }
    }

    private static ModelRules models(Values<ModelRules> values) {
        List<ModelPattern> allow = values.get(ALLOW);
        if (allow.isEmpty() && values.sound()) {
            values.warn(values.at(ALLOW), "an empty list: the role can use no model");
        }
        return new ModelRules(allow, values.get(DENY), values.get(CLOUD));
    }

    private static ManagementRules manage(Values<ManagementRules> values) {
        Function<EndpointGroup, List<ModelPattern>> of =
                group -> values.get(Objects.requireNonNull(PATTERNS.get(group)));
        return new ManagementRules(
                of.apply(EndpointGroup.PULL),
                of.apply(EndpointGroup.PUSH),
                of.apply(EndpointGroup.DELETE),
                of.apply(EndpointGroup.CREATE));
    }

    private static Map<EndpointGroup, Member<ManagementRules, List<ModelPattern>>> patterns() {
        Map<EndpointGroup, Member<ManagementRules, List<ModelPattern>>> members = new EnumMap<>(EndpointGroup.class);
        pattern(members, EndpointGroup.PULL, "Fetched, from these registries and namespaces.", ManagementRules::pull);
        pattern(members, EndpointGroup.PUSH, "Sent away, to these.", ManagementRules::push);
        pattern(members, EndpointGroup.DELETE, "Deleted.", ManagementRules::delete);
        pattern(members, EndpointGroup.CREATE, "Made, or copied to.", ManagementRules::create);
        return members;
    }

    private static void pattern(
            Map<EndpointGroup, Member<ManagementRules, List<ModelPattern>>> members,
            EndpointGroup group,
            String description,
            Function<ManagementRules, List<ModelPattern>> of) {
        members.put(group, new Member<>(group.configName(), PolicyTypes.MODELS, description, of));
    }

    private static Member<Role, List<ModelException>> exceptions(BodyRules roleRules) {
        return new Member<>(
                "exceptions",
                new ListType<>(
                        "a list of sections with models and rules",
                        new Section<>(
                                List.of(EXCEPTION_MODELS, EXCEPTION_RULES),
                                values -> new ModelException(values.get(EXCEPTION_MODELS), values.get(EXCEPTION_RULES)),
                                new ModelException(List.of(), roleRules))),
                "Rules for some models: the first whose models match holds, and what it does not say is as in the role's"
                        + " own rules.",
                role -> role.policy().exceptions());
    }

    private static RolePolicy policyOfNobody() {
        return Role.safe("nobody", Set.of()).policy();
    }
}
