package dev.corral.core.policy;

import java.util.List;
import java.util.Objects;

/** The policy that holds nothing back. */
final class OpenPolicies {
    private static final List<ModelPattern> EVERY = List.of(Objects.requireNonNull(ModelPattern.compile("*")));
    private static final ModelRules MODELS = new ModelRules(EVERY, List.of(), true);
    private static final ManagementRules MANAGEMENT = new ManagementRules(EVERY, EVERY, EVERY, EVERY);

    private OpenPolicies() {}

    static RolePolicy of(String role) {
        return new RolePolicy(role, MODELS, BodyRules.OPEN, List.of(), MANAGEMENT, true);
    }
}
