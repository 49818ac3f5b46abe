package dev.corral.core.policy;

/**
 * How many tokens one request may generate.
 *
 * @param max at most; more, or no end, is brought down to it
 * @param byDefault for requests that name no number; at most {@code max}
 */
public record TokenRule(long max, long byDefault) {}
