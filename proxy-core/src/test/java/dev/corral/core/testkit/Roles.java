package dev.corral.core.testkit;

import dev.corral.core.policy.BodyRules;
import dev.corral.core.policy.ManagementRules;
import dev.corral.core.policy.ModelPattern;
import dev.corral.core.policy.ModelRules;
import dev.corral.core.policy.RolePolicies;
import dev.corral.core.policy.RolePolicy;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Policies that hold something back. */
public final class Roles {
    private Roles() {}

    /** Every role has the safe rules, may use models of these patterns, and in the cloud too. */
    public static RolePolicies safe(String... allow) {
        return role -> policy(role, true, allow);
    }

    /** The same, but only models that run on the upstream itself. */
    public static RolePolicies local(String... allow) {
        return role -> policy(role, false, allow);
    }

    private static RolePolicy policy(String role, boolean cloud, String... allow) {
        List<ModelPattern> patterns = Arrays.stream(allow)
                .map(text -> Objects.requireNonNull(ModelPattern.compile(text), text))
                .toList();
        List<ModelPattern> every = List.of(Objects.requireNonNull(ModelPattern.compile("*")));
        return new RolePolicy(
                role,
                new ModelRules(patterns, List.of(), cloud),
                BodyRules.SAFE,
                List.of(),
                new ManagementRules(every, every, every, every),
                false);
    }
}
