package dev.corral.auth.limit;

import dev.corral.core.spi.Principal;
import java.util.List;

/** Which limits hold for whom. Any thread; does not block. */
@FunctionalInterface
public interface LimitPlan {
    /**
     * What is counted together, and its limits.
     *
     * @param id {@code key:ID} or {@code role:NAME}
     */
    record Account(String id, LimitSet limits) {}

    /** The accounts that a caller's requests count on, its key's first; those without a limit in force are left out. */
    List<Account> of(Principal principal);
}
