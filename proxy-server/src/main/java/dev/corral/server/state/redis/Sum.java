package dev.corral.server.state.redis;

import dev.corral.server.state.UsageSums;
import org.jspecify.annotations.Nullable;

/** The sums of {@link UsageSums} in their order, and the letters that they have in Redis. */
enum Sum {
    REQUESTS('r'),
    UNFINISHED('u'),
    PROMPT('p'),
    COMPLETION('c'),
    ESTIMATED('e'),
    GPU('g');

    private final char letter;

    Sum(char letter) {
        this.letter = letter;
    }

    long of(UsageSums sums) {
        return switch (this) {
            case REQUESTS -> sums.requests();
            case UNFINISHED -> sums.unfinished();
            case PROMPT -> sums.promptTokens();
            case COMPLETION -> sums.completionTokens();
            case ESTIMATED -> sums.estimatedTokens();
            case GPU -> sums.gpuNanos();
        };
    }

    /** The field of a day's hash. Ids of keys have no colon. */
    String field(String keyId, String model) {
        return letter + ":" + keyId + ":" + model;
    }

    /** Which sum a field is of; null where a newer program wrote it. */
    static @Nullable Sum of(String field) {
        for (Sum sum : values()) {
            if (field.length() > 2
                    && field.charAt(0) == sum.letter
                    && field.charAt(1) == ':'
                    && field.indexOf(':', 2) > 0) {
                return sum;
            }
        }
        return null;
    }
}
