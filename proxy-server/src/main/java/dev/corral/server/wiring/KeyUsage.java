package dev.corral.server.wiring;

import dev.corral.core.spi.ExchangeObserver;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.Principal;
import dev.corral.server.state.UsageEntry;
import dev.corral.server.state.UsageSums;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/**
 * What each key has used today and in this month, for its owner to see; in memory, and bounded by the number of keys.
 * Any thread; does not block.
 */
final class KeyUsage implements ExchangeObserver, OwnAccount.Usage {
    /** Sums up to the end of a day. */
    private record Sums(LocalDate day, UsageSums today, UsageSums month) {
        /** The same as seen on a day, of which a later one begins with nothing. */
        Sums on(LocalDate now) {
            if (!now.isAfter(day)) {
                return this;
            }
            boolean sameMonth = YearMonth.from(now).equals(YearMonth.from(day));
            return new Sums(now, UsageSums.ZERO, sameMonth ? month : UsageSums.ZERO);
        }

        Sums plus(UsageSums more) {
            return new Sums(day, today.plus(more), month.plus(more));
        }
    }

    private final Supplier<LocalDate> today;
    private final ConcurrentMap<String, Sums> byKey = new ConcurrentHashMap<>();

    /**
     * Begins with nothing.
     *
     * @param today the present day in the time zone of limits
     */
    KeyUsage(Supplier<LocalDate> today) {
        this.today = today;
    }

    /** Adds what was used before this process began, of any day. */
    void restore(UsageEntry entry) {
        LocalDate now = today.get();
        if (!YearMonth.from(entry.day()).equals(YearMonth.from(now))) {
            return;
        }
        UsageSums ofToday = entry.day().equals(now) ? entry.sums() : UsageSums.ZERO;
        byKey.merge(entry.keyId(), new Sums(now, ofToday, entry.sums()), (before, more) -> {
            Sums sums = before.on(now);
            return new Sums(sums.day, sums.today.plus(more.today), sums.month.plus(more.month));
        });
    }

    @Override
    public void finished(ExchangeSummary summary) {
        UsageSums one = UsageSums.of(summary);
        Principal principal = summary.principal();
        if (one == null || principal == null) {
            return;
        }
        LocalDate now = today.get();
        byKey.compute(
                principal.keyId(),
                (key, before) -> before == null
                        ? new Sums(now, one, one)
                        : before.on(now).plus(one));
    }

    @Override
    public OwnAccount.Used of(String keyId) {
        Sums sums = byKey.get(keyId);
        if (sums == null) {
            return new OwnAccount.Used(UsageSums.ZERO, UsageSums.ZERO);
        }
        Sums present = sums.on(today.get());
        return new OwnAccount.Used(present.today, present.month);
    }
}
