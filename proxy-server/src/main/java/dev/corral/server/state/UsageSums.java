package dev.corral.server.state;

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
