/**
 * What Prometheus is told: names, counters of exchanges, gauges of the running program, composition of observers.
 *
 * <p>Observers run on event loops and never block; gauges are read on the scrape's thread. For the composition root.
 */
@NullMarked
package dev.corral.server.metrics;

import org.jspecify.annotations.NullMarked;
