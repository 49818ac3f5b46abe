package dev.corral.auth.limit;

import dev.corral.auth.limit.LimitPlan.Account;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One look at all accounts of a caller at one moment, which takes from all of them or from none. */
final class Attempt {
    private final List<Account> accounts;
    private final Ledger[] ledgers;
    private final Need need;
    private final boolean taking;
    private final Window present;
    private final long nanos;
    private final long nowMillis;
    private @Nullable Reservation taken;
    private @Nullable List<Shortage> shortages;
    private @Nullable List<LimitStatus> statuses;

    /**
     * Looks at nothing yet.
     *
     * @param ledgers of the accounts, in their order
     * @param taking whether to take where everything allows it
     */
    Attempt(
            List<Account> accounts,
            Ledger[] ledgers,
            Need need,
            boolean taking,
            Window present,
            long nanos,
            long nowMillis) {
        this.accounts = accounts;
        this.ledgers = ledgers;
        this.need = need;
        this.taking = taking;
        this.present = present;
        this.nanos = nanos;
        this.nowMillis = nowMillis;
    }

    /** Locks one account after the other, then looks; false where one was put away and all must be found again. */
    boolean from(int index) {
        if (index == ledgers.length) {
            decide();
            return true;
        }
        Ledger ledger = ledgers[index];
        synchronized (ledger) {
            return ledger.open(accounts.get(index).limits(), present, nanos) && from(index + 1);
        }
    }

    private void decide() {
        boolean allowed = true;
        for (Ledger ledger : ledgers) {
            allowed &= ledger.allows(need);
        }
        if (!allowed) {
            List<Shortage> found = new ArrayList<>();
            List<LimitStatus> all = new ArrayList<>();
            for (Ledger ledger : ledgers) {
                ledger.shortages(need, nowMillis, found);
                all.addAll(ledger.statuses(nowMillis));
            }
            shortages = found;
            statuses = all;
        } else if (taking) {
            for (int i = ledgers.length - 1; i >= 0; i--) {
                taken = ledgers[i].take(need, taken);
            }
        }
    }

    /** What was taken, the first account's first; null where nothing was. */
    @Nullable
    Reservation taken() {
        return taken;
    }

    /** What does not allow it; null where everything does. */
    @Nullable
    List<Shortage> shortages() {
        return shortages;
    }

    /** Every limit in force, where something does not allow it. */
    List<LimitStatus> statuses() {
        return statuses == null ? List.of() : statuses;
    }

    long nowMillis() {
        return nowMillis;
    }
}
