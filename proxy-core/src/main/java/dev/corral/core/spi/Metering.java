package dev.corral.core.spi;

import java.util.Locale;

/**
 * What the upstream produced for one request.
 *
 * @param source where the token counts come from
 * @param ended whether the mark that ends a whole answer was seen (ollama-api section 3.14); true where there is none to
 *     be seen
 * @param promptTokens tokens read
 * @param completionTokens tokens generated
 * @param gpuNanos how long the upstream worked on it: the sum of its own durations, or where it tells none the time from
 *     the request sent to the end of the answer
 * @param loadNanos of this, for loading the model; -1 where the upstream does not tell
 * @param promptNanos of this, for reading the prompt; -1 likewise
 * @param evalNanos of this, for generating; -1 likewise
 * @param firstTokenNanos from the request head to the first piece of content; -1 where none came, or all came at once
 * @param pieces pieces of content that came one by one
 * @param gapNanos the time between the first and the last of these
 * @param longestGapNanos the longest time between two of these
 */
public record Metering(
        Source source,
        boolean ended,
        long promptTokens,
        long completionTokens,
        long gpuNanos,
        long loadNanos,
        long promptNanos,
        long evalNanos,
        long firstTokenNanos,
        long pieces,
        long gapNanos,
        long longestGapNanos) {
    /** Nothing was asked of a model. */
    public static final Metering NONE = new Metering(Source.NONE, true, 0, 0, 0, -1, -1, -1, -1, 0, 0, 0);

    /** Where token counts come from. */
    public enum Source {
        /** There is nothing to count: no model was asked, or it refused. */
        NONE,
        /** The upstream told them. */
        REPORTED,
        /** The upstream did not: pieces of content were counted and the prompt estimated. */
        ESTIMATED;

        private final String label = name().toLowerCase(Locale.ROOT);

        /** The word used in metrics and logs. */
        public String label() {
            return label;
        }
    }

    /** All tokens; {@code Long.MAX_VALUE} where they are more. */
    public long tokens() {
        return sum(promptTokens, completionTokens);
    }

    /** The same with more generated than was seen. */
    public Metering withCompletion(long tokens) {
        return new Metering(
                Source.ESTIMATED,
                ended,
                promptTokens,
                tokens,
                gpuNanos,
                loadNanos,
                promptNanos,
                evalNanos,
                firstTokenNanos,
                pieces,
                gapNanos,
                longestGapNanos);
    }

    /** Of two counts, none of them negative. */
    public static long sum(long one, long other) {
        long sum = one + other;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }
}
