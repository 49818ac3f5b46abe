package dev.corral.core.spi;

import org.jspecify.annotations.Nullable;

/**
 * What a request is expected to use, known before it is sent: what is reserved for it, and what its turn costs.
 *
 * @param model the canonical name of the model; null where none is named
 * @param promptTokens an estimate by the length of the text
 * @param completionTokens as many as the caller asked for, or, where it did not say, what such requests have used
 * @param gpuNanos what so many tokens of this model have taken
 */
public record Demand(@Nullable String model, long promptTokens, long completionTokens, long gpuNanos) {
    /** Nothing is asked of a model. */
    public static final Demand NONE = new Demand(null, 0, 0, 0);

    /** All tokens; {@code Long.MAX_VALUE} where they are more. */
    public long tokens() {
        return Metering.sum(promptTokens, completionTokens);
    }
}
