package dev.corral.server.state.redis;

import dev.corral.auth.limit.LimitPlan.Account;
import java.util.List;

/**
 * What one request took, or may have taken, of its accounts.
 *
 * @param id never used twice, by no replica
 * @param accounts with the limits at that time
 */
record RedisLease(String id, List<Account> accounts) {}
