package dev.corral.auth.limit;

import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.AdmissionDecision;
import dev.corral.core.spi.Demand;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.EndpointGroup;
import dev.corral.core.spi.NanoClock;
import dev.corral.core.spi.Principal;
import dev.corral.core.spi.Usage;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Limits counted in this process. Any thread; does not block.
 *
 * <p>A request takes from all accounts of its caller or from none: their locks are held together while it does, in the
 * order in which {@link LimitPlan} names them, the key's before the role's, so that two requests never wait for each
 * other. Each lock is held for less than a microsecond ({@link Ledger}).
 *
 * <p>Requests in a minute follow the generic cell rate algorithm: as many at once as the burst allows, then one in every
 * so many milliseconds. Tokens in a minute are a bucket that drains continuously and may be overdrawn by a request that
 * used more than was expected. Days and months are those of the calendar, in one time zone. What an account used of a day
 * or a month is counted from the time on at which it first has any limit.
 */
public final class LocalLimiter implements LimitBook {
    private final LimitPlan plan;
    private final NanoClock clock;
    private final LimitEvents events;
    private final CalendarDays days;
    private final Ledgers ledgers;
    private final LimitRefusal refusals;

    /**
     * Nothing has been used yet.
     *
     * @param plan which limits hold for whom; asked for every request
     * @param zone whose days and months count
     * @param clock tells the time
     * @param events is told of refusals
     */
    public LocalLimiter(LimitPlan plan, ZoneId zone, NanoClock clock, LimitEvents events) {
        this.plan = plan;
        this.clock = clock;
        this.events = events;
        this.days = new CalendarDays(zone, clock);
        this.ledgers = new Ledgers(days, clock);
        this.refusals = new LimitRefusal(zone);
    }

    /** The present day in the zone of the limits. */
    public LocalDate today() {
        return days.present().date();
    }

    /**
     * Adds what was used before this process began, as a store tells it. To be called once.
     *
     * @param spent by account
     * @param day the day that the store took for the present one; sums of a day or a month that is over are left out
     */
    public void restore(Map<String, Spent> spent, LocalDate day) {
        Window present = days.present();
        boolean sameDay = day.equals(present.date());
        boolean sameMonth = day.withDayOfMonth(1).equals(present.date().withDayOfMonth(1));
        if (!sameMonth) {
            return;
        }
        spent.forEach((account, sums) -> {
            boolean added = false;
            while (!added) {
                Ledger ledger = ledgers.of(account);
                synchronized (ledger) {
                    added = ledger.add(sums, sameDay, present);
                }
            }
        });
    }

    @Override
    public @Nullable ProxyError standing(Principal principal, Endpoint endpoint) {
        List<LimitPlan.Account> accounts = plan.of(principal);
        if (accounts.isEmpty() || endpoint.group() == EndpointGroup.LIVENESS) {
            return null;
        }
        Need least = Need.least(endpoint);
        Window present = days.present();
        long nanos = clock.nanos();
        for (int i = 0; i < accounts.size(); i++) {
            if (!allows(accounts.get(i), least, present, nanos)) {
                return refusal(principal, attempt(accounts, least, false));
            }
        }
        return null;
    }

    private boolean allows(LimitPlan.Account account, Need need, Window present, long nanos) {
        Ledger ledger = ledgers.find(account.id());
        if (ledger == null) {
            return true;
        }
        synchronized (ledger) {
            // One that was put away has nothing to refuse for.
            return !ledger.open(account.limits(), present, nanos) || ledger.allows(need);
        }
    }

    @Override
    public AdmissionDecision reserve(Principal principal, Endpoint endpoint, Demand demand) {
        List<LimitPlan.Account> accounts = plan.of(principal);
        if (accounts.isEmpty() || endpoint.group() == EndpointGroup.LIVENESS) {
            return AdmissionDecision.Admit.FREELY;
        }
        Attempt attempt = attempt(accounts, Need.of(endpoint, demand), true);
        ProxyError error = refusal(principal, attempt);
        Reservation taken = attempt.taken();
        return error == null && taken != null
                ? new AdmissionDecision.Admit(usage -> settle(taken, usage))
                : new AdmissionDecision.Refuse(Objects.requireNonNull(error));
    }

    private Attempt attempt(List<LimitPlan.Account> accounts, Need need, boolean taking) {
        Ledger[] used = new Ledger[accounts.size()];
        while (true) {
            for (int i = 0; i < used.length; i++) {
                used[i] = ledgers.of(accounts.get(i).id());
            }
            long now = clock.epochMillis();
            Attempt attempt = new Attempt(accounts, used, need, taking, days.present(now), clock.nanos(), now);
            // An account that was put away in between is out of the table before its lock is free.
            if (attempt.from(0)) {
                return attempt;
            }
        }
    }

    private @Nullable ProxyError refusal(Principal principal, Attempt attempt) {
        List<Shortage> shortages = attempt.shortages();
        if (shortages == null) {
            return null;
        }
        events.refused(LimitRefusal.decisive(shortages).status().kind());
        return refusals.of(principal, shortages, attempt.statuses(), attempt.nowMillis());
    }

    private void settle(Reservation first, Usage usage) {
        long tokens = Need.bounded(usage.metering().tokens());
        long gpuNanos = Need.boundedNanos(usage.metering().gpuNanos());
        Window present = days.present();
        long nanos = clock.nanos();
        for (Reservation next = first; next != null; next = next.next()) {
            Ledger ledger = next.ledger();
            synchronized (ledger) {
                ledger.settle(next, tokens, gpuNanos, present, nanos);
            }
        }
    }

    @Override
    public CompletionStage<List<LimitStatus>> status(Principal principal) {
        List<LimitStatus> all = new ArrayList<>();
        for (LimitPlan.Account account : plan.of(principal)) {
            Ledger ledger = ledgers.find(account.id());
            // Whoever has used nothing gets no account for asking, nor does one whose account was just put away.
            if (ledger == null || !tell(ledger, account, all)) {
                tell(ledgers.unused(account.id()), account, all);
            }
        }
        return CompletableFuture.completedFuture(List.copyOf(all));
    }

    private boolean tell(Ledger ledger, LimitPlan.Account account, List<LimitStatus> to) {
        Window present = days.present();
        long nanos = clock.nanos();
        synchronized (ledger) {
            boolean open = ledger.open(account.limits(), present, nanos);
            if (open) {
                to.addAll(ledger.statuses(clock.epochMillis()));
            }
            return open;
        }
    }

    /** How many accounts are remembered; for tests. */
    int accounts() {
        return ledgers.size();
    }
}
