package dev.corral.auth.limit;

/**
 * What a role says of limits.
 *
 * @param each for each of its keys, as far as the key says nothing else
 * @param together for all of its keys together
 * @param weight of each of its keys in the queue for the upstream, from 1
 */
public record RoleLimits(LimitSet each, LimitSet together, int weight) {
    /** No limits, the same weight as everybody. */
    public static final RoleLimits NONE = new RoleLimits(LimitSet.NONE, LimitSet.NONE, 1);

    public RoleLimits {
        if (weight < 1) {
            throw new IllegalArgumentException("weight: " + weight + " (expected: 1 or more)");
        }
    }
}
