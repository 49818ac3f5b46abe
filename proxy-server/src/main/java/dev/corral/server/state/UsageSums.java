package dev.corral.server.state;

import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.Metering;
import dev.corral.core.spi.Outcome;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sums over exchanges.
 *
 * @param requests exchanges that reached a model
 * @param unfinished of these, those whose answer did not come whole
 * @param promptTokens tokens read
 * @param completionTokens tokens generated
 * @param estimatedTokens of both, those that were estimated
 * @param gpuNanos how long the upstream worked
 */
public record UsageSums(
        long requests, long unfinished, long promptTokens, long completionTokens, long estimatedTokens, long gpuNanos) {
    public static final UsageSums ZERO = new UsageSums(0, 0, 0, 0, 0, 0);

    // What no exchange can have used; an upstream that tells more is broken, and must not break the sums.
    private static final long MOST_TOKENS = 1_000_000_000L;
    private static final long MOST_NANOS = TimeUnit.DAYS.toNanos(1);

    /** Of one exchange; null where no model was asked, or nobody known asked. */
    public static @Nullable UsageSums of(ExchangeSummary summary) {
        Metering metering = summary.metering();
        if (metering.source() == Metering.Source.NONE || summary.principal() == null) {
            return null;
        }
        boolean whole = metering.ended() && summary.outcome() == Outcome.COMPLETED;
        long prompt = bounded(metering.promptTokens(), MOST_TOKENS);
        long completion = bounded(metering.completionTokens(), MOST_TOKENS);
        return new UsageSums(
                1,
                whole ? 0 : 1,
                prompt,
                completion,
                metering.source() == Metering.Source.ESTIMATED ? prompt + completion : 0,
                bounded(metering.gpuNanos(), MOST_NANOS));
    }

    private static long bounded(long amount, long most) {
        return Math.max(0, Math.min(amount, most));
    }

    /** Both together. */
    public UsageSums plus(UsageSums other) {
        return new UsageSums(
                requests + other.requests,
                unfinished + other.unfinished,
                promptTokens + other.promptTokens,
                completionTokens + other.completionTokens,
                estimatedTokens + other.estimatedTokens,
                gpuNanos + other.gpuNanos);
    }

    /** All tokens. */
    public long tokens() {
        return promptTokens + completionTokens;
    }
}
