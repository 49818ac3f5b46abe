package dev.corral.auth.limit;

import java.util.concurrent.TimeUnit;

/**
 * A {@link LimitSet} as numbers, looked up once.
 *
 * @param of where they come from
 * @param burst requests at once; {@link LimitSet#UNLIMITED} only where {@code requestsPerMinute} is
 */
record Bounds(
        LimitSet of,
        long requestsPerMinute,
        long burst,
        long tokensPerMinute,
        long tokensPerDay,
        long tokensPerMonth,
        long gpuNanosPerDay,
        long concurrency) {
    static final Bounds NONE = of(LimitSet.NONE);

    static Bounds of(LimitSet limits) {
        long rate = limits.limit(LimitKind.REQUESTS_PER_MINUTE);
        long burst = limits.limit(LimitKind.BURST);
        long gpuSeconds = limits.limit(LimitKind.GPU_SECONDS_PER_DAY);
        return new Bounds(
                limits,
                rate,
                rate == LimitSet.UNLIMITED || burst == LimitSet.UNLIMITED ? rate : burst,
                limits.limit(LimitKind.TOKENS_PER_MINUTE),
                limits.limit(LimitKind.TOKENS_PER_DAY),
                limits.limit(LimitKind.TOKENS_PER_MONTH),
                // Saturates: 292 years in a day are no limit.
                TimeUnit.SECONDS.toNanos(gpuSeconds),
                limits.limit(LimitKind.CONCURRENCY));
    }
}
