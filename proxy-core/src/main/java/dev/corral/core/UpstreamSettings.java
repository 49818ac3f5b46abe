package dev.corral.core;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The Ollama behind Corral.
 *
 * @param host name or address
 * @param port TCP port
 * @param maxIdlePerLoop idle connections kept by each event loop
 * @param idleTtl how long an idle connection is kept
 * @param probeInterval between two health probes, {@code GET /api/version}
 * @param modelsInterval between two readings of its models, {@code GET /api/tags}, where some role needs them
 * @param remote null for an Ollama; else the upstream is another Corral, and neither probed nor read
 */
public record UpstreamSettings(
        String host,
        int port,
        int maxIdlePerLoop,
        Duration idleTtl,
        Duration probeInterval,
        Duration modelsInterval,
        @Nullable RemoteSettings remote) {
    public static final UpstreamSettings DEFAULTS = new UpstreamSettings(
            "127.0.0.1", 11434, 64, Duration.ofSeconds(90), Duration.ofSeconds(2), Duration.ofMinutes(5));

    /** An Ollama. */
    public UpstreamSettings(
            String host,
            int port,
            int maxIdlePerLoop,
            Duration idleTtl,
            Duration probeInterval,
            Duration modelsInterval) {
        this(host, port, maxIdlePerLoop, idleTtl, probeInterval, modelsInterval, null);
    }
}
