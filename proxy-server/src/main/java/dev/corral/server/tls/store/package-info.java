/**
 * Keys and certificates that Corral makes for itself, in files that nobody else may read.
 *
 * <p>Blocks: for the main thread and background threads. For the packages beside it that look after certificates;
 * its {@code Ticker} also for {@code corral connect}.
 */
@NullMarked
package dev.corral.server.tls.store;

import org.jspecify.annotations.NullMarked;
