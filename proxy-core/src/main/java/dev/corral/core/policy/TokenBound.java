package dev.corral.core.policy;

/**
 * How many tokens a request may generate, as it is sent.
 *
 * @param tokens 0 for what generates nothing, {@code Long.MAX_VALUE} for no end
 * @param named whether the caller named a number that it may mean, even if it got less; true for what generates nothing
 */
record TokenBound(long tokens, boolean named) {
    /** It generates nothing. */
    static final TokenBound NOTHING = new TokenBound(0, true);

    /** Nobody set a bound. */
    static final TokenBound NONE = new TokenBound(Long.MAX_VALUE, false);
}
