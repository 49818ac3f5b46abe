package dev.corral.auth.limit;

import dev.corral.core.spi.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Limits by role, which a key may have others than. Any thread; does not block. What was found for a key is found again
 * without allocation until its own limits change.
 */
public final class RolePlan implements LimitPlan {
    /** How the accounts of keys begin. */
    public static final String KEY = "key:";

    /** How the accounts of roles begin. */
    public static final String ROLE = "role:";

    // Keys that are no more stay until then: enough for every key file that can be handled.
    private static final int MOST = 1 << 18;

    /** What was found, and for what. */
    private record Found(String role, LimitSet own, List<Account> accounts) {}

    private final Map<String, RoleLimits> roles;
    private final Function<String, LimitSet> ofKeys;
    private final ConcurrentHashMap<String, Found> found = new ConcurrentHashMap<>();

    /**
     * The plan.
     *
     * @param roles by name; a role that is not there has no limits
     * @param ofKeys what a key with such an id says itself, at this moment; {@link LimitSet#NONE} where nothing
     */
    public RolePlan(Map<String, RoleLimits> roles, Function<String, LimitSet> ofKeys) {
        this.roles = Map.copyOf(roles);
        this.ofKeys = ofKeys;
    }

    @Override
    public List<Account> of(Principal principal) {
        RoleLimits role = limits(principal.role());
        LimitSet own = ofKeys.apply(principal.keyId());
        if (role.equals(RoleLimits.NONE) && own.said().isEmpty()) {
            return List.of();
        }
        Found before = found.get(principal.keyId());
        if (before != null && before.own().equals(own) && before.role().equals(principal.role())) {
            return before.accounts();
        }
        List<Account> accounts = accounts(principal, role, own);
        if (found.size() >= MOST) {
            found.clear();
        }
        found.put(principal.keyId(), new Found(principal.role(), own, accounts));
        return accounts;
    }

    /** The weight of a role's keys in the queue. */
    public int weight(Principal principal) {
        return limits(principal.role()).weight();
    }

    private RoleLimits limits(String role) {
        RoleLimits limits = roles.get(role);
        return limits == null ? RoleLimits.NONE : limits;
    }

    private static List<Account> accounts(Principal principal, RoleLimits role, LimitSet own) {
        List<Account> accounts = new ArrayList<>(2);
        // The same object for all keys that say nothing.
        LimitSet each = own.said().isEmpty() ? role.each() : own.over(role.each());
        if (limiting(each)) {
            accounts.add(new Account(KEY + principal.keyId(), each));
        }
        if (limiting(role.together())) {
            accounts.add(new Account(ROLE + principal.role(), role.together()));
        }
        return List.copyOf(accounts);
    }

    // A burst without a rate limits nothing.
    private static boolean limiting(LimitSet limits) {
        for (LimitKind kind : LimitKind.values()) {
            if (kind != LimitKind.BURST && limits.limit(kind) != LimitSet.UNLIMITED) {
                return true;
            }
        }
        return false;
    }
}
