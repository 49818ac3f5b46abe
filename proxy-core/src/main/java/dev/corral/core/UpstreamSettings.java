package dev.corral.core;

import java.time.Duration;

/**
 * The Ollama behind Corral.
 *
 * @param host name or address
 * @param port TCP port
 * @param maxIdlePerLoop idle connections kept by each event loop
 * @param idleTtl how long an idle connection is kept
 * @param probeInterval between two health probes, {@code GET /api/version}
 * @param modelsInterval between two readings of its models, {@code GET /api/tags}, where some role needs them
 */
public record UpstreamSettings(
        String host, int port, int maxIdlePerLoop, Duration idleTtl, Duration probeInterval, Duration modelsInterval) {
    public static final UpstreamSettings DEFAULTS = new UpstreamSettings(
            "127.0.0.1", 11434, 64, Duration.ofSeconds(90), Duration.ofSeconds(2), Duration.ofMinutes(5));
}
