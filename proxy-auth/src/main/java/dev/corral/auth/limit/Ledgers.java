package dev.corral.auth.limit;

import dev.corral.core.spi.NanoClock;
import java.util.Iterator;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The accounts that have used something. Made when first used; put away when nothing is lost by that: nothing runs, the
 * buckets are empty, and nothing was used this month. There are never more than keys and roles that were seen in a month,
 * but for those that the next new ones sweep away.
 */
final class Ledgers {
    /** Looked at for each new one, so that the table shrinks faster than it grows and nobody waits for a sweep. */
    private static final int SWEPT = 4;

    private final ConcurrentHashMap<String, Ledger> byAccount = new ConcurrentHashMap<>();
    private final CalendarDays days;
    private final NanoClock clock;
    private final Object sweep = new Object();
    private Iterator<Ledger> sweeping = byAccount.values().iterator();

    Ledgers(CalendarDays days, NanoClock clock) {
        this.days = days;
        this.clock = clock;
    }

    /** The account's, made where there is none; it may be put away before its lock is taken. */
    Ledger of(String account) {
        Ledger ledger = byAccount.get(account);
        return ledger == null ? make(account) : ledger;
    }

    /** The account's, or null where it has used nothing. */
    @Nullable
    Ledger find(String account) {
        return byAccount.get(account);
    }

    /** One that has used nothing and is not kept. */
    Ledger unused(String account) {
        return new Ledger(account, days.present(), clock.nanos());
    }

    int size() {
        return byAccount.size();
    }

    private Ledger make(String account) {
        sweepSome();
        return byAccount.computeIfAbsent(account, this::unused);
    }

    private void sweepSome() {
        Window present = days.present();
        long nanos = clock.nanos();
        synchronized (sweep) {
            if (!sweeping.hasNext()) {
                sweeping = byAccount.values().iterator();
            }
            for (int i = 0; i < SWEPT && sweeping.hasNext(); i++) {
                Ledger ledger = sweeping.next();
                synchronized (ledger) {
                    if (ledger.close(present, nanos)) {
                        byAccount.remove(ledger.account(), ledger);
                    }
                }
            }
        }
    }
}
