package dev.corral.server.state.redis;

/**
 * What is to be charged for a lease. Delivering it twice charges once.
 *
 * @param doubtful whether it was sent before without an answer, so that it may be charged already
 * @param refusals how often Redis said that it does not do it
 */
record Settlement(RedisLease lease, long tokens, long gpuNanos, boolean doubtful, int refusals) {
    Settlement(RedisLease lease, long tokens, long gpuNanos) {
        this(lease, tokens, gpuNanos, false, 0);
    }

    Settlement doubted() {
        return new Settlement(lease, tokens, gpuNanos, true, refusals);
    }

    Settlement refused() {
        return new Settlement(lease, tokens, gpuNanos, doubtful, refusals + 1);
    }
}
