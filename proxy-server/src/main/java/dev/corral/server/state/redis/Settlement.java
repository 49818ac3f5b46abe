package dev.corral.server.state.redis;

/** What is to be charged for a lease. Delivering it twice charges once. */
record Settlement(RedisLease lease, long tokens, long gpuNanos) {}
