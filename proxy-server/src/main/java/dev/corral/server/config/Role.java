package dev.corral.server.config;

import dev.corral.auth.limit.RoleLimits;
import dev.corral.core.policy.BodyRules;
import dev.corral.core.policy.ManagementRules;
import dev.corral.core.policy.ModelPattern;
import dev.corral.core.policy.ModelRules;
import dev.corral.core.policy.RolePolicy;
import dev.corral.core.spi.EndpointGroup;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A named policy that keys refer to.
 *
 * @param groups what it opens; everything else is closed; may be empty
 * @param policy which models it may use and what its requests may ask of them; has the role's name, which is lower
 *     case, see {@link RolesType}
 * @param limits how much its keys may use, and their weight in the queue
 */
public record Role(Set<EndpointGroup> groups, RolePolicy policy, RoleLimits limits) {
    /** The two roles there are without any configuration: {@code user} and {@code admin}. */
    static final Map<String, Role> SHIPPED = shipped();

    public Role {
        EnumSet<EndpointGroup> copy = EnumSet.noneOf(EndpointGroup.class);
        copy.addAll(groups);
        groups = Collections.unmodifiableSet(copy);
    }

    /** A role of which nothing is said but what it opens: every model that runs on the upstream itself, and no risks; without limits. */
    static Role safe(String name, Set<EndpointGroup> groups) {
        return new Role(
                groups,
                new RolePolicy(
                        name,
                        new ModelRules(patterns("*"), List.of(), false),
                        BodyRules.SAFE,
                        List.of(),
                        new ManagementRules(List.of(), List.of(), List.of(), List.of()),
                        false),
                RoleLimits.NONE);
    }

    /** What keys call it. */
    public String name() {
        return policy.role();
    }

    /**
     * Whether what it may do depends on which models there are and where they run: names need not say so, in a listing
     * neither, and what a model is made from is only fetched if it is not there.
     */
    public boolean needsCatalogue() {
        return !policy.models().cloud() || groups.contains(EndpointGroup.CREATE);
    }

    private static Map<String, Role> shipped() {
        Map<String, Role> roles = new LinkedHashMap<>();
        roles.put(
                "user", safe("user", EnumSet.of(EndpointGroup.LIVENESS, EndpointGroup.READ, EndpointGroup.INFERENCE)));
        roles.put(
                "admin",
                new Role(
                        EnumSet.allOf(EndpointGroup.class),
                        new RolePolicy(
                                "admin",
                                new ModelRules(patterns("*"), List.of(), true),
                                BodyRules.OPEN,
                                List.of(),
                                new ManagementRules(
                                        patterns("registry.ollama.ai/*/*", "hf.co/*/*", "huggingface.co/*/*"),
                                        patterns("registry.ollama.ai/*/*"),
                                        patterns("*"),
                                        patterns("*")),
                                true),
                        RoleLimits.NONE));
        return Collections.unmodifiableMap(roles);
    }

    private static List<ModelPattern> patterns(String... texts) {
        return Arrays.stream(texts)
                .map(text -> Objects.requireNonNull(ModelPattern.compile(text), text))
                .toList();
    }
}
