/**
 * Request bodies within bounds. Confined to an exchange's event loop, but for the process-wide budget.
 *
 * <p>Used by {@code core.exchange}.
 */
@NullMarked
package dev.corral.core.body;

import org.jspecify.annotations.NullMarked;
