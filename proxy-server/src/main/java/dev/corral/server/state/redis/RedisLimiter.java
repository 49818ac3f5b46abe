package dev.corral.server.state.redis;

import dev.corral.auth.limit.LimitBook;
import dev.corral.auth.limit.LimitEvents;
import dev.corral.auth.limit.LimitKind;
import dev.corral.auth.limit.LimitPlan;
import dev.corral.auth.limit.LimitPlan.Account;
import dev.corral.auth.limit.LimitRefusal;
import dev.corral.auth.limit.LimitStatus;
import dev.corral.auth.limit.Need;
import dev.corral.auth.limit.Shortage;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.AdmissionDecision;
import dev.corral.core.spi.AdmissionDecision.Admit;
import dev.corral.core.spi.AdmissionDecision.Later;
import dev.corral.core.spi.AdmissionDecision.Refuse;
import dev.corral.core.spi.Demand;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.EndpointGroup;
import dev.corral.core.spi.NanoClock;
import dev.corral.core.spi.Principal;
import dev.corral.core.spi.Usage;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Limits that several replicas count together, with the same meaning as {@code LocalLimiter}: one script takes of all
 * accounts or of none, by Redis's clock. Any thread; does not block.
 *
 * <p>What a request takes is a lease. This replica renews those of its running requests; those of one that died end after
 * {@link LimitScripts#LIFE_MILLIS}, and what they held is given back. What was used is charged once, however often it is
 * delivered, and is delivered late rather than never.
 *
 * <p>Where Redis is away, requests are refused, or each replica counts on its own for that time.
 */
final class RedisLimiter implements LimitBook {
    private static final int RETRY_SECONDS = 2;

    private final RedisConnector redis;
    private final LimitScripts scripts;
    private final Undelivered undelivered;
    private final LimitPlan plan;
    private final @Nullable LimitBook local;
    private final LimitEvents events;
    private final LimitRefusal refusals;
    private final Standing standing;
    private final String replica;
    private final AtomicLong leases = new AtomicLong();
    private final Map<String, RedisLease> live = new ConcurrentHashMap<>();
    private final AtomicLong localDecisions = new AtomicLong();
    private final AtomicLong deniedDecisions = new AtomicLong();

    /**
     * Takes nothing yet.
     *
     * @param replica an id of this process that no other has
     * @param local decides while Redis is away; null to refuse then
     */
    RedisLimiter(
            RedisConnector redis,
            LimitScripts scripts,
            String replica,
            LimitPlan plan,
            ZoneId zone,
            @Nullable LimitBook local,
            LimitEvents events,
            NanoClock clock) {
        this.redis = redis;
        this.scripts = scripts;
        this.replica = replica;
        this.plan = plan;
        this.local = local;
        this.events = events;
        this.undelivered = new Undelivered(scripts, clock);
        this.refusals = new LimitRefusal(zone);
        this.standing = new Standing(clock);
    }

    @Override
    public @Nullable ProxyError standing(Principal principal, Endpoint endpoint) {
        boolean up = redis.up();
        if (!up && local != null) {
            // Whoever counts alone remembers by itself.
            return local.standing(principal, endpoint);
        }
        if (endpoint.group() == EndpointGroup.LIVENESS || plan.of(principal).isEmpty()) {
            return null;
        }
        if (!up) {
            return denied();
        }
        Standing.Refusal refusal = standing.of(principal.keyId(), endpoint.group() == EndpointGroup.INFERENCE);
        if (refusal == null) {
            return null;
        }
        events.refused(refusal.kind());
        return refusal.error();
    }

    @Override
    public AdmissionDecision reserve(Principal principal, Endpoint endpoint, Demand demand) {
        List<Account> accounts = plan.of(principal);
        if (accounts.isEmpty() || endpoint.group() == EndpointGroup.LIVENESS) {
            return Admit.FREELY;
        }
        if (!redis.up()) {
            return away(principal, endpoint, demand);
        }
        Need need = Need.of(endpoint, demand);
        RedisLease lease = new RedisLease(replica + "-" + leases.incrementAndGet(), accounts);
        return new Later(scripts.reserve(lease, need).handle((answer, e) -> {
            if (e != null) {
                // It may have been taken all the same.
                undelivered.deliver(new Settlement(lease, 0, 0));
                return away(principal, endpoint, demand);
            }
            if (answer.taken()) {
                live.put(lease.id(), lease);
                return new Admit(usage -> settle(lease, usage));
            }
            return new Refuse(refusal(principal, need, answer));
        }));
    }

    private AdmissionDecision away(Principal principal, Endpoint endpoint, Demand demand) {
        if (local != null) {
            localDecisions.incrementAndGet();
            return local.reserve(principal, endpoint, demand);
        }
        return new Refuse(denied());
    }

    private ProxyError denied() {
        deniedDecisions.incrementAndGet();
        return ProxyError.tryAgain(
                ErrorCode.STATE_UNAVAILABLE,
                "what the key has used cannot be looked up now; try again in a moment",
                RETRY_SECONDS);
    }

    private ProxyError refusal(Principal principal, Need need, LimitScripts.Answer answer) {
        List<LimitStatus> statuses = new ArrayList<>();
        List<Shortage> shortages = new ArrayList<>();
        for (AccountNumbers numbers : answer.numbers()) {
            numbers.tell(need, answer.span(), answer.nowMillis(), statuses, shortages);
        }
        if (shortages.isEmpty()) {
            throw new IllegalStateException("Redis refused what " + statuses + " allow for " + need);
        }
        Shortage decisive = LimitRefusal.decisive(shortages);
        ProxyError error = refusals.of(principal, shortages, statuses, answer.nowMillis());
        events.refused(decisive.status().kind());
        remember(principal, decisive, error);
        return error;
    }

    private void remember(Principal principal, Shortage decisive, ProxyError error) {
        LimitKind kind = decisive.status().kind();
        switch (kind) {
            case REQUESTS_PER_MINUTE, BURST ->
                standing.note(principal.keyId(), false, kind, error, decisive.waitMillis());
            case TOKENS_PER_MINUTE, TOKENS_PER_DAY, TOKENS_PER_MONTH, GPU_SECONDS_PER_DAY -> {
                // Where something is left, a smaller request may be allowed.
                if (decisive.status().left() == 0 && decisive.waitMillis() > 0) {
                    standing.note(principal.keyId(), true, kind, error, decisive.waitMillis());
                }
            }
            case CONCURRENCY -> {
                // May be over at any moment.
            }
        }
    }

    private void settle(RedisLease lease, Usage usage) {
        if (live.remove(lease.id()) != null) {
            undelivered.deliver(new Settlement(
                    lease,
                    Need.bounded(usage.metering().tokens()),
                    Need.boundedNanos(usage.metering().gpuNanos())));
        }
    }

    @Override
    public CompletionStage<List<LimitStatus>> status(Principal principal) {
        List<Account> accounts = plan.of(principal);
        if (accounts.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        if (local != null && !redis.up()) {
            return local.status(principal);
        }
        Need nothing = new Need(false, 0, 0);
        return scripts.look(accounts).thenApply(answer -> {
            List<LimitStatus> statuses = new ArrayList<>();
            for (AccountNumbers numbers : answer.numbers()) {
                numbers.tell(nothing, answer.span(), answer.nowMillis(), statuses, new ArrayList<>());
            }
            return List.copyOf(statuses);
        });
    }

    /** Lets the leases of running requests live on. */
    void renew() {
        if (redis.up() && !live.isEmpty()) {
            scripts.renew(List.copyOf(live.values()));
        }
    }

    /** Delivers what could not be delivered before. */
    void deliver() {
        if (redis.up()) {
            undelivered.again();
        }
    }

    /** Requests under way that Redis knows of. */
    int live() {
        return live.size();
    }

    /** Settlements that Redis has not confirmed. */
    int undelivered() {
        return undelivered.size();
    }

    /** Settlements given up. */
    long lost() {
        return undelivered.lost();
    }

    long localDecisions() {
        return localDecisions.get();
    }

    long deniedDecisions() {
        return deniedDecisions.get();
    }
}
