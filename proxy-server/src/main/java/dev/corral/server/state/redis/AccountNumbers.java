package dev.corral.server.state.redis;

import dev.corral.auth.limit.CalendarSpan;
import dev.corral.auth.limit.LimitKind;
import dev.corral.auth.limit.LimitPlan.Account;
import dev.corral.auth.limit.LimitSet;
import dev.corral.auth.limit.LimitStatus;
import dev.corral.auth.limit.Need;
import dev.corral.auth.limit.Shortage;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What reserve.lua tells of an account that refuses, in the words that the local limiter uses.
 *
 * @param account whose
 * @param requests parts in the bucket of requests, 60,000 to the request
 * @param tokens parts in the bucket of tokens, likewise
 * @param running leases
 * @param minuteHeld tokens of the minute that are reserved
 */
record AccountNumbers(
        Account account,
        long requests,
        long tokens,
        long dayUsed,
        long dayHeld,
        long monthUsed,
        long monthHeld,
        long gpuUsed,
        long gpuHeld,
        long running,
        long minuteHeld) {
    /** How many numbers the script tells. */
    static final int COUNT = 10;

    private static final long PARTS = 60_000;
    private static final long NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Picks an account's numbers out of an answer. */
    static AccountNumbers of(Account account, List<Long> answer, int from) {
        return new AccountNumbers(
                account,
                answer.get(from),
                answer.get(from + 1),
                answer.get(from + 2),
                answer.get(from + 3),
                answer.get(from + 4),
                answer.get(from + 5),
                answer.get(from + 6),
                answer.get(from + 7),
                answer.get(from + 8),
                answer.get(from + 9));
    }

    /** The limits of an account as the script takes them. */
    static void limits(LimitSet limits, List<String> to) {
        long rate = limits.limit(LimitKind.REQUESTS_PER_MINUTE);
        to.add(number(rate));
        to.add(number(burst(limits)));
        to.add(number(limits.limit(LimitKind.TOKENS_PER_MINUTE)));
        to.add(number(limits.limit(LimitKind.TOKENS_PER_DAY)));
        to.add(number(limits.limit(LimitKind.TOKENS_PER_MONTH)));
        to.add(number(gpuNanos(limits)));
        to.add(number(limits.limit(LimitKind.CONCURRENCY)));
    }

    /** A limit as scripts take it: -1 for none. */
    static String number(long limit) {
        return limit == LimitSet.UNLIMITED ? "-1" : Long.toString(limit);
    }

    private static long burst(LimitSet limits) {
        long rate = limits.limit(LimitKind.REQUESTS_PER_MINUTE);
        long burst = limits.limit(LimitKind.BURST);
        return rate == LimitSet.UNLIMITED || burst == LimitSet.UNLIMITED ? rate : burst;
    }

    private static long gpuNanos(LimitSet limits) {
        return TimeUnit.SECONDS.toNanos(limits.limit(LimitKind.GPU_SECONDS_PER_DAY));
    }

    /** Where it stands with each limit, and, where something is needed, what does not allow that. */
    void tell(Need need, CalendarSpan span, long now, List<LimitStatus> statuses, List<Shortage> shortages) {
        LimitSet limits = account.limits();
        for (LimitKind kind : LimitKind.values()) {
            long limit = limits.limit(kind);
            if (limit == LimitSet.UNLIMITED) {
                continue;
            }
            long asked = need.tokens();
            switch (kind) {
                case REQUESTS_PER_MINUTE -> {
                    long burst = burst(limits);
                    bucket(kind, limit, requests, 0, burst, 1, true, now, statuses, shortages);
                }
                case TOKENS_PER_MINUTE ->
                    bucket(kind, limit, tokens, minuteHeld, limit, asked, need.model(), now, statuses, shortages);
                case TOKENS_PER_DAY ->
                    calendar(
                            status(kind, limit, dayUsed, dayHeld, limit - dayUsed - dayHeld, span.dayEnd()),
                            need.model() && !fits(dayUsed + dayHeld, asked, limit),
                            fits(dayUsed, asked, limit),
                            asked,
                            now,
                            statuses,
                            shortages);
                case TOKENS_PER_MONTH ->
                    calendar(
                            status(kind, limit, monthUsed, monthHeld, limit - monthUsed - monthHeld, span.monthEnd()),
                            need.model() && !fits(monthUsed + monthHeld, asked, limit),
                            fits(monthUsed, asked, limit),
                            asked,
                            now,
                            statuses,
                            shortages);
                case GPU_SECONDS_PER_DAY -> {
                    long nanos = gpuNanos(limits);
                    long left = Math.max(0, nanos - gpuUsed - gpuHeld) / NANOS;
                    calendar(
                            status(kind, nanos / NANOS, seconds(gpuUsed), seconds(gpuHeld), left, span.dayEnd()),
                            need.model() && !fits(gpuUsed + gpuHeld, need.gpuNanos(), nanos),
                            fits(gpuUsed, need.gpuNanos(), nanos),
                            seconds(need.gpuNanos()),
                            now,
                            statuses,
                            shortages);
                }
                case CONCURRENCY -> {
                    LimitStatus status = status(kind, limit, running, 0, limit - running, 0);
                    statuses.add(status);
                    if (status.left() == 0) {
                        shortages.add(new Shortage(status, 1, 0));
                    }
                }
                case BURST -> {
                    // No limit of its own.
                }
            }
        }
    }

    private void bucket(
            LimitKind kind,
            long perMinute,
            long level,
            long held,
            long capacity,
            long asked,
            boolean needed,
            long now,
            List<LimitStatus> statuses,
            List<Shortage> shortages) {
        long used = ceiling(level, PARTS);
        long whole = used == 0 ? 0 : now + ceiling(level, perMinute);
        LimitStatus status = status(kind, perMinute, used, held, capacity - used - held, whole);
        statuses.add(status);
        long over = level - (capacity - Math.min(asked, capacity)) * PARTS;
        if (needed && over + held * PARTS > 0) {
            // Where it is held by others only, nobody knows.
            shortages.add(new Shortage(status, asked, over > 0 ? ceiling(over, perMinute) : 0));
        }
    }

    private static void calendar(
            LimitStatus status,
            boolean refuses,
            boolean othersHold,
            long asked,
            long now,
            List<LimitStatus> statuses,
            List<Shortage> shortages) {
        statuses.add(status);
        if (refuses) {
            long wait = othersHold ? 0 : Math.max(1, status.resetsAtMillis() - now);
            shortages.add(new Shortage(status, asked, wait));
        }
    }

    private LimitStatus status(LimitKind kind, long limit, long used, long reserved, long left, long resetsAtMillis) {
        return new LimitStatus(account.id(), kind, limit, used, reserved, Math.max(0, left), resetsAtMillis);
    }

    private static boolean fits(long used, long needed, long limit) {
        return used <= limit - Math.min(needed, limit);
    }

    private static long seconds(long nanos) {
        return ceiling(nanos, NANOS);
    }

    private static long ceiling(long value, long divisor) {
        return (value + divisor - 1) / divisor;
    }
}
