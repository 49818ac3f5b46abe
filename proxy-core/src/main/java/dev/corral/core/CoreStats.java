package dev.corral.core;

/**
 * A moment's look at the data path, for gauges; read from any thread, each figure on its own.
 *
 * @param inFlight exchanges begun and not ended
 * @param clientConnections open client connections
 * @param upstreamIdle pooled upstream connections
 * @param upstreamLeased upstream connections in use
 * @param bufferedBodyBytes bytes of request bodies, and of answers that are held back, at this moment
 * @param upstreamReachable whether the last probe or connection attempt succeeded
 * @param running requests that have a place at the upstream's models
 * @param queued requests that wait for one
 * @param draining whether the end was asked for
 */
public record CoreStats(
        int inFlight,
        int clientConnections,
        int upstreamIdle,
        int upstreamLeased,
        long bufferedBodyBytes,
        boolean upstreamReachable,
        int running,
        int queued,
        boolean draining) {}
