package dev.corral.auth.limit;

import org.jspecify.annotations.Nullable;

/** What one request took of one account. Guarded by the account's {@link Ledger}. */
final class Reservation {
    private final Ledger ledger;
    private final @Nullable Reservation next;
    private final int day;
    private final int month;
    private final long ofMinute;
    private final long ofDay;
    private final long ofMonth;
    private final long gpuNanos;
    private boolean settled;

    Reservation(
            Ledger ledger,
            @Nullable Reservation next,
            int day,
            int month,
            long ofMinute,
            long ofDay,
            long ofMonth,
            long gpuNanos) {
        this.ledger = ledger;
        this.next = next;
        this.day = day;
        this.month = month;
        this.ofMinute = ofMinute;
        this.ofDay = ofDay;
        this.ofMonth = ofMonth;
        this.gpuNanos = gpuNanos;
    }

    Ledger ledger() {
        return ledger;
    }

    /** What the same request took of another account. */
    @Nullable
    Reservation next() {
        return next;
    }

    int day() {
        return day;
    }

    int month() {
        return month;
    }

    long ofMinute() {
        return ofMinute;
    }

    long ofDay() {
        return ofDay;
    }

    long ofMonth() {
        return ofMonth;
    }

    long gpuNanos() {
        return gpuNanos;
    }

    /** Whether this is the first time. */
    boolean settle() {
        boolean first = !settled;
        settled = true;
        return first;
    }
}
