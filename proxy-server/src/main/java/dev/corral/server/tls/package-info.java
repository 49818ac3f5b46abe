/**
 * Where the certificates for clients come from: PEM files that are read again when they change, an authority of our own
 * ({@code local}), a public one ({@code acme}).
 *
 * <p>Files are read by the main thread at the start and by one background thread afterwards.
 *
 * <p>Used by {@code server.wiring} and {@code server.cli}; {@code metrics} reads the counts.
 */
@NullMarked
package dev.corral.server.tls;

import org.jspecify.annotations.NullMarked;
