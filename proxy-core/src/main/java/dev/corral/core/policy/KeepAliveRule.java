package dev.corral.core.policy;

import java.time.Duration;

/**
 * How long a request may keep a model loaded. The time counts for everybody who uses the model.
 *
 * @param min at least; a shorter one is raised to it, and asking to unload is refused
 * @param max at most; a longer one, or for ever, is brought down to it; not less than {@code min}
 */
public record KeepAliveRule(Duration min, Duration max) {
    public KeepAliveRule {
        if (min.isNegative() || max.compareTo(min) < 0) {
            throw new IllegalArgumentException(
                    "keep-alive from " + min + " to " + max + " (expected: a range, not negative)");
        }
    }
}
