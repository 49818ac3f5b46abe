package dev.corral.server.admin;

import java.util.function.Supplier;

/**
 * What the listener shows.
 *
 * @param exposition the metrics in Prometheus' text format; called on a thread of its own, may take its time
 * @param readiness called on the listener's event loop, must not block
 */
public record AdminSource(Supplier<String> exposition, Supplier<Readiness> readiness) {}
