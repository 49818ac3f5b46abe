package dev.corral.core.policy;

import org.jspecify.annotations.Nullable;

/** The policies by role. Any thread. */
@FunctionalInterface
public interface RolePolicies {
    /** The policy of a role; null where there is no such role, which opens nothing. */
    @Nullable
    RolePolicy of(String role);
}
