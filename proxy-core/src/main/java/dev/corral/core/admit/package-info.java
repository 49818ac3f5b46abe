/**
 * Who may use the upstream now, and who waits.
 *
 * <p>Shared by all event loops, thread-safe.
 */
@NullMarked
package dev.corral.core.admit;

import org.jspecify.annotations.NullMarked;
