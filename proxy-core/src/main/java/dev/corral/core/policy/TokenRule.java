package dev.corral.core.policy;

/**
 * How many tokens one request may generate.
 *
 * @param max at most; more, or no end, is brought down to it
 * @param byDefault for requests that name no number; at most {@code max}
 */
public record TokenRule(long max, long byDefault) {
    public TokenRule {
        if (byDefault < 0 || max < byDefault) {
            throw new IllegalArgumentException(
                    "at most " + max + " tokens, " + byDefault + " by default (expected: 0 to " + max + " by default)");
        }
    }
}
