package dev.corral.server.wiring;

import dev.corral.auth.key.KeyRecord;
import dev.corral.auth.key.LiveKeyRing;
import dev.corral.auth.limit.LimitBook;
import dev.corral.auth.limit.LimitEvents;
import dev.corral.auth.limit.LimitSet;
import dev.corral.auth.limit.LocalLimiter;
import dev.corral.auth.limit.RoleLimits;
import dev.corral.auth.limit.RolePlan;
import dev.corral.auth.limit.Spent;
import dev.corral.core.spi.Accounts;
import dev.corral.core.spi.ExchangeObserver;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.NanoClock;
import dev.corral.core.spi.Principal;
import dev.corral.server.config.CorralConfig;
import dev.corral.server.config.Role;
import dev.corral.server.metrics.StateCounts;
import dev.corral.server.state.LedgerStats;
import dev.corral.server.state.UsageLedger;
import dev.corral.server.state.redis.SharedState;
import dev.corral.server.state.redis.SharedStats;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who may use how much, and who used it: in this process's memory and a file, or shared with other Corrals. Knows nothing
 * of the past until {@link #restore}. Any thread.
 */
final class LimitState implements ExchangeObserver, AutoCloseable {
    private static final Duration SETTLE = Duration.ofSeconds(2);

    private final LiveKeyRing keys;
    private final RolePlan plan;
    private final LocalLimiter local;
    private final LimitBook book;
    private final Accounts accounts;
    private final @Nullable KeyUsage usage;
    private final @Nullable SharedState shared;
    private volatile @Nullable UsageLedger ledger;

    LimitState(
            CorralConfig config, LiveKeyRing keys, @Nullable SharedState shared, LimitEvents events, NanoClock clock) {
        this.keys = keys;
        this.shared = shared;
        ZoneId zone = config.usage().zone();
        plan = new RolePlan(limits(config.roles()), this::ownLimits);
        local = new LocalLimiter(plan, zone, clock, events);
        book = shared == null ? local : shared.limiter(plan, zone, local, events);
        // What the other Corrals' callers do is not known without asking.
        usage = shared == null ? new KeyUsage(local::today) : null;
        accounts = new OwnAccount(book, keyId -> usage == null ? null : usage.of(keyId), zone, clock);
    }

    LimitBook limiter() {
        return book;
    }

    Accounts accounts() {
        return accounts;
    }

    int weight(Principal principal) {
        return plan.weight(principal);
    }

    /** Takes over what was used before, and the ledger; before the first request. */
    void restore(StateOpening.Opened opened) {
        ledger = opened.ledger();
        if (usage != null) {
            opened.month().forEach(usage::restore);
        }
        Map<String, Spent> spent = new HashMap<>();
        opened.ledger().spentAtStart().forEach((keyId, one) -> {
            spent.put(RolePlan.KEY + keyId, one);
            KeyRecord key = keys.current().byId(keyId);
            if (key != null) {
                spent.merge(RolePlan.ROLE + key.role(), one, Spent::plus);
            }
        });
        local.restore(spent, opened.day());
        if (shared != null) {
            shared.warnIfForgetful();
        }
    }

    @Override
    public void finished(ExchangeSummary summary) {
        UsageLedger open = ledger;
        if (open != null) {
            open.finished(summary);
        }
        if (usage != null) {
            usage.finished(summary);
        }
    }

    StateCounts counts() {
        UsageLedger open = ledger;
        if (open == null) {
            return new StateCounts(false, 0, 0, 0, 0, 0, 0);
        }
        LedgerStats stats = open.stats();
        SharedStats others = shared == null ? null : shared.stats();
        return new StateCounts(
                stats.up() && (others == null || others.up()),
                stats.failures(),
                stats.oldestUnsavedMillis(),
                others == null ? 0 : others.localDecisions(),
                others == null ? 0 : others.leases(),
                others == null ? 0 : others.undelivered(),
                others == null ? 0 : others.lost());
    }

    /** Saves what there is, for a few seconds at most; after the last exchange has ended. */
    @Override
    public void close() {
        if (shared != null) {
            shared.settle(SETTLE);
        }
        UsageLedger open = ledger;
        if (open != null) {
            open.close();
        }
    }

    private LimitSet ownLimits(String keyId) {
        KeyRecord key = keys.current().byId(keyId);
        return key == null ? LimitSet.NONE : key.limits();
    }

    private static Map<String, RoleLimits> limits(Map<String, Role> roles) {
        Map<String, RoleLimits> limits = new HashMap<>();
        roles.forEach((name, role) -> limits.put(name, role.limits()));
        return limits;
    }
}
