package dev.corral.core.policy;

/**
 * How many tokens one request may generate.
 *
 * @param max at most; more, or no end, is brought down to it; not 0, which some of Ollama's runners take for no end
 * @param byDefault for requests that name no number; 1 to {@code max}
 */
public record TokenRule(long max, long byDefault) {
    public TokenRule {
        if (byDefault < 1 || max < byDefault) {
            throw new IllegalArgumentException(
                    "at most " + max + " tokens, " + byDefault + " by default (expected: 1 to " + max + " by default)");
        }
    }
}
