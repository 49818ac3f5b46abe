package dev.corral.core.spi;

/**
 * What an exchange used.
 *
 * @param requestBytes body bytes received from the client
 * @param responseBytes body bytes passed to the client
 * @param durationNanos from the request head to the end, in nanoseconds
 * @param outcome how it ended
 * @param metering what the upstream produced for it
 */
public record Usage(long requestBytes, long responseBytes, long durationNanos, Outcome outcome, Metering metering) {}
