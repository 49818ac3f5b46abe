package dev.corral.core.spi;

import org.jspecify.annotations.Nullable;

/**
 * What a request is expected to use, by which its turn is priced, and what it may come to use at most, which is reserved
 * for it as far as there is so much. Known before it is sent.
 *
 * @param model the canonical name of the model; null where none is named
 * @param promptTokens an estimate by the length of the text
 * @param completionTokens as many as the caller asked for, or, where it did not say, what such requests have used
 * @param gpuNanos what so many tokens of this model have taken
 * @param mostTokens all tokens that it may come to use, at least {@link #tokens}: more where the caller named no number
 */
public record Demand(@Nullable String model, long promptTokens, long completionTokens, long gpuNanos, long mostTokens) {
    /** Nothing is asked of a model. */
    public static final Demand NONE = new Demand(null, 0, 0, 0);

    /** Of a request that may use what is expected of it, and no more. */
    public Demand(@Nullable String model, long promptTokens, long completionTokens, long gpuNanos) {
        this(model, promptTokens, completionTokens, gpuNanos, Metering.sum(promptTokens, completionTokens));
    }

    /** All tokens; {@code Long.MAX_VALUE} where they are more. */
    public long tokens() {
        return Metering.sum(promptTokens, completionTokens);
    }
}
