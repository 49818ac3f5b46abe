package dev.corral.server.metrics;

/**
 * Keys by state.
 *
 * @param active usable now
 * @param expired past their expiry, not revoked
 * @param revoked taken back
 * @param loadFailures changed key files that could not be read, since the start
 */
public record KeyCounts(int active, int expired, int revoked, long loadFailures) {}
