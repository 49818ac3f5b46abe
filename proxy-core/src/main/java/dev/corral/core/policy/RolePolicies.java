package dev.corral.core.policy;

import org.jspecify.annotations.Nullable;

/** The policies by role. Any thread. */
@FunctionalInterface
public interface RolePolicies {
    /**
     * Every role there could be, and every one may ask anything of any model, in the cloud too, and manage them all. For
     * embedders that decide elsewhere, and for tests. What no role may do at all stays closed.
     */
    RolePolicies OPEN = OpenPolicies::of;

    /** The policy of a role; null where there is no such role, which opens nothing. */
    @Nullable
    RolePolicy of(String role);
}
