/**
 * The access log, the audit log and the console log: bounded queues, files written by threads of their own.
 *
 * <p>Callers on event loops never block; encoding and disk work happen on the writers' threads. For the composition
 * root and {@code main}; {@code metrics} reads the counts.
 */
@NullMarked
package dev.corral.server.log;

import org.jspecify.annotations.NullMarked;
