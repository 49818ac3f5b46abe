package dev.corral.auth.limit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What one account has used. Guarded by its own lock, which callers hold around everything here: the work under it is
 * some dozen additions, without allocation, input or another lock but the next account's, so that an event loop that
 * finds it taken waits for less than a system call takes.
 */
final class Ledger {
    private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    // One just found must not be put away before it is used, again and again.
    private static final long IDLE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final String account;
    private final Bucket requests;
    private final Bucket minuteTokens;
    private Bounds bounds = Bounds.NONE;
    private Window window;
    // The latest that was ever counted, which a clock that was set far back may come to again.
    private Window latest;
    // Count up when a day or a month begins: what was reserved before is not taken off what is reserved now.
    private int day;
    private int month;
    private long tokensOfDay;
    private long tokensOfMonth;
    private long gpuNanosOfDay;
    private long reservedOfMinute;
    private long reservedOfDay;
    private long reservedOfMonth;
    private long reservedGpuNanos;
    private long running;
    private long touched;
    private boolean closed;

    Ledger(String account, Window window, long nanos) {
        this.account = account;
        this.window = window;
        this.latest = window;
        this.touched = nanos;
        this.requests = new Bucket(nanos);
        this.minuteTokens = new Bucket(nanos);
    }

    String account() {
        return account;
    }

    /** Brings everything to the present; false where the ledger was put away, and another must be used. */
    boolean open(LimitSet limits, Window present, long nanos) {
        if (closed) {
            return false;
        }
        touched = nanos;
        // What was there before drained as it was said before.
        drain(nanos);
        if (!limits.equals(bounds.of())) {
            bounds = Bounds.of(limits);
        }
        toPresent(present);
        return true;
    }

    private void drain(long nanos) {
        requests.drain(bounds.requestsPerMinute(), nanos);
        minuteTokens.drain(bounds.tokensPerMinute(), nanos);
    }

    // Somebody slower may still come with yesterday. And a clock set back far moves the day, but no sum; nor does it
    // when
    // it comes again to the latest day counted.
    private void toPresent(Window present) {
        if (present.version() <= window.version()) {
            return;
        }
        if (present.dayAfter(window) && !present.sameDay(latest)) {
            day++;
            tokensOfDay = 0;
            gpuNanosOfDay = 0;
            reservedOfDay = 0;
            reservedGpuNanos = 0;
        }
        if (present.monthAfter(window) && !present.sameMonth(latest)) {
            month++;
            tokensOfMonth = 0;
            reservedOfMonth = 0;
        }
        window = present;
        if (present.dayAfter(latest)) {
            latest = present;
        }
    }

    boolean allows(Need need) {
        return millisUntilRequest() == 0
                && running < bounds.concurrency()
                && (!need.model()
                        || (fitsMinute(need)
                                && fits(tokensOfDay + reservedOfDay, need.tokens(), bounds.tokensPerDay())
                                && fits(tokensOfMonth + reservedOfMonth, need.tokens(), bounds.tokensPerMonth())
                                && fits(gpuNanosOfDay + reservedGpuNanos, need.gpuNanos(), bounds.gpuNanosPerDay())));
    }

    // What is more than the whole limit is as much as the whole: it may run when nothing else was used.
    private static boolean fits(long used, long needed, long limit) {
        return limit == LimitSet.UNLIMITED || used <= limit - Math.min(needed, limit);
    }

    private long millisUntilRequest() {
        long rate = bounds.requestsPerMinute();
        return rate == LimitSet.UNLIMITED ? 0 : requests.millisUntil(1, bounds.burst(), rate);
    }

    private long millisUntilTokens(Need need) {
        long rate = bounds.tokensPerMinute();
        return rate == LimitSet.UNLIMITED ? 0 : minuteTokens.millisUntil(Math.min(need.tokens(), rate), rate, rate);
    }

    // What is reserved does not drain: it holds its part of the minute until it is known what it used.
    private boolean fitsMinute(Need need) {
        long rate = bounds.tokensPerMinute();
        return rate == LimitSet.UNLIMITED
                || minuteTokens.millisUntil(Math.min(need.tokens(), rate) + reservedOfMinute, rate, rate) == 0;
    }

    // As much as it may come to use, or what is left: nobody else gets in on what it may still take.
    private static long held(Need need, long used, long limit) {
        return Math.max(Math.min(need.tokens(), limit), Math.min(need.most(), limit - used));
    }

    /** After {@link #allows}. */
    Reservation take(Need need, @Nullable Reservation next) {
        running++;
        if (bounds.requestsPerMinute() != LimitSet.UNLIMITED) {
            requests.add(1);
        }
        if (!need.model()) {
            return new Reservation(this, next, day, month, 0, 0, 0, 0);
        }
        long rate = bounds.tokensPerMinute();
        long ofMinute = rate == LimitSet.UNLIMITED ? 0 : held(need, minuteTokens.used() + reservedOfMinute, rate);
        long ofDay = held(need, tokensOfDay + reservedOfDay, bounds.tokensPerDay());
        long ofMonth = held(need, tokensOfMonth + reservedOfMonth, bounds.tokensPerMonth());
        long gpuNanos = Math.min(need.gpuNanos(), bounds.gpuNanosPerDay());
        reservedOfMinute += ofMinute;
        reservedOfDay += ofDay;
        reservedOfMonth += ofMonth;
        reservedGpuNanos += gpuNanos;
        return new Reservation(this, next, day, month, ofMinute, ofDay, ofMonth, gpuNanos);
    }

    /** Gives back what was reserved and charges what was used, the first time for each reservation. */
    void settle(Reservation taken, long tokens, long gpuNanos, Window present, long nanos) {
        if (!taken.settle()) {
            return;
        }
        toPresent(present);
        running--;
        drain(nanos);
        reservedOfMinute -= taken.ofMinute();
        if (bounds.tokensPerMinute() != LimitSet.UNLIMITED) {
            minuteTokens.add(tokens);
        }
        if (taken.day() == day) {
            reservedOfDay -= taken.ofDay();
            reservedGpuNanos -= taken.gpuNanos();
        }
        if (taken.month() == month) {
            reservedOfMonth -= taken.ofMonth();
        }
        tokensOfDay = sum(tokensOfDay, tokens);
        tokensOfMonth = sum(tokensOfMonth, tokens);
        gpuNanosOfDay = sum(gpuNanosOfDay, gpuNanos);
    }

    /** Adds what was used before; false where the ledger was put away. */
    boolean add(Spent spent, boolean sameDay, Window present) {
        if (closed) {
            return false;
        }
        toPresent(present);
        tokensOfMonth = sum(tokensOfMonth, spent.tokensThisMonth());
        if (sameDay) {
            tokensOfDay = sum(tokensOfDay, spent.tokensToday());
            gpuNanosOfDay = sum(gpuNanosOfDay, spent.gpuNanosToday());
        }
        return true;
    }

    // Half of what a long holds is for what is reserved.
    private static long sum(long a, long b) {
        long sum = a + Math.max(0, b);
        return sum < 0 || sum > Long.MAX_VALUE / 2 ? Long.MAX_VALUE / 2 : sum;
    }

    /** Puts itself away where nothing would be lost by that; whether it did. */
    boolean close(Window present, long nanos) {
        if (nanos - touched < IDLE_NANOS) {
            return false;
        }
        drain(nanos);
        toPresent(present);
        closed = running == 0
                && tokensOfMonth == 0
                && tokensOfDay == 0
                && gpuNanosOfDay == 0
                && requests.used() == 0
                && minuteTokens.used() == 0;
        return closed;
    }

    /** What does not allow it. */
    void shortages(Need need, long nowMillis, List<Shortage> to) {
        for (LimitStatus status : statuses(nowMillis)) {
            switch (status.kind()) {
                case REQUESTS_PER_MINUTE -> shortage(status, 1, millisUntilRequest(), to);
                case CONCURRENCY -> {
                    if (status.left() == 0) {
                        to.add(new Shortage(status, 1, 0));
                    }
                }
                case TOKENS_PER_MINUTE -> {
                    if (need.model()) {
                        ofMinute(status, need, to);
                    }
                }
                case TOKENS_PER_DAY -> {
                    if (need.model()) {
                        ofCalendar(
                                status,
                                tokensOfDay,
                                reservedOfDay,
                                need.tokens(),
                                bounds.tokensPerDay(),
                                nowMillis,
                                to);
                    }
                }
                case TOKENS_PER_MONTH -> {
                    if (need.model()) {
                        ofCalendar(
                                status,
                                tokensOfMonth,
                                reservedOfMonth,
                                need.tokens(),
                                bounds.tokensPerMonth(),
                                nowMillis,
                                to);
                    }
                }
                case GPU_SECONDS_PER_DAY -> {
                    if (need.model()) {
                        long limit = bounds.gpuNanosPerDay();
                        ofCalendar(status, gpuNanosOfDay, reservedGpuNanos, need.gpuNanos(), limit, nowMillis, to);
                    }
                }
                case BURST -> throw new IllegalStateException("a burst is no limit of its own");
            }
        }
    }

    private void ofMinute(LimitStatus status, Need need, List<Shortage> to) {
        if (!fitsMinute(need)) {
            to.add(new Shortage(status, need.tokens(), millisUntilTokens(need)));
        }
    }

    private static void shortage(LimitStatus status, long asked, long waitMillis, List<Shortage> to) {
        if (waitMillis > 0) {
            to.add(new Shortage(status, asked, waitMillis));
        }
    }

    private static void ofCalendar(
            LimitStatus status, long used, long reserved, long needed, long limit, long now, List<Shortage> to) {
        if (!fits(used + reserved, needed, limit)) {
            long asked = status.kind() == LimitKind.GPU_SECONDS_PER_DAY ? seconds(needed) : needed;
            long wait = fits(used, needed, limit) ? 0 : Math.max(1, status.resetsAtMillis() - now);
            to.add(new Shortage(status, asked, wait));
        }
    }

    /** Where it stands with each limit that is in force. */
    List<LimitStatus> statuses(long now) {
        List<LimitStatus> all = new ArrayList<>(6);
        long rate = bounds.requestsPerMinute();
        if (rate != LimitSet.UNLIMITED) {
            long used = requests.used();
            long whole = used == 0 ? 0 : now + requests.millisUntilEmpty(rate);
            all.add(status(LimitKind.REQUESTS_PER_MINUTE, rate, used, 0, bounds.burst() - used, whole));
        }
        long tokens = bounds.tokensPerMinute();
        if (tokens != LimitSet.UNLIMITED) {
            long used = minuteTokens.used();
            long whole = used == 0 ? 0 : now + minuteTokens.millisUntilEmpty(tokens);
            long left = tokens - used - reservedOfMinute;
            all.add(status(LimitKind.TOKENS_PER_MINUTE, tokens, used, reservedOfMinute, left, whole));
        }
        calendar(LimitKind.TOKENS_PER_DAY, bounds.tokensPerDay(), tokensOfDay, reservedOfDay, window.endMillis(), all);
        calendar(
                LimitKind.TOKENS_PER_MONTH,
                bounds.tokensPerMonth(),
                tokensOfMonth,
                reservedOfMonth,
                window.monthEndMillis(),
                all);
        long gpuNanos = bounds.gpuNanosPerDay();
        if (gpuNanos != LimitSet.UNLIMITED) {
            long left = Math.max(0, gpuNanos - gpuNanosOfDay - reservedGpuNanos) / NANOS_PER_SECOND;
            all.add(status(
                    LimitKind.GPU_SECONDS_PER_DAY,
                    gpuNanos / NANOS_PER_SECOND,
                    seconds(gpuNanosOfDay),
                    seconds(reservedGpuNanos),
                    left,
                    window.endMillis()));
        }
        long concurrency = bounds.concurrency();
        if (concurrency != LimitSet.UNLIMITED) {
            all.add(status(LimitKind.CONCURRENCY, concurrency, running, 0, concurrency - running, 0));
        }
        return all;
    }

    private void calendar(LimitKind kind, long limit, long used, long reserved, long end, List<LimitStatus> all) {
        if (limit != LimitSet.UNLIMITED) {
            all.add(status(kind, limit, used, reserved, limit - used - reserved, end));
        }
    }

    private LimitStatus status(LimitKind kind, long limit, long used, long reserved, long left, long resetsAtMillis) {
        return new LimitStatus(account, kind, limit, used, reserved, Math.max(0, left), resetsAtMillis);
    }

    private static long seconds(long nanos) {
        return (nanos + NANOS_PER_SECOND - 1) / NANOS_PER_SECOND;
    }
}
