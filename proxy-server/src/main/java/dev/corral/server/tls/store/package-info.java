/**
 * Keys and certificates that Corral makes for itself, in files that nobody else may read.
 *
 * <p>Blocks: for the main thread and background threads. For the packages beside it that make certificates.
 */
@NullMarked
package dev.corral.server.tls.store;

import org.jspecify.annotations.NullMarked;
