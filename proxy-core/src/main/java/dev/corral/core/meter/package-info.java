/**
 * What answers carry: token counts, durations, and whether they are whole, read from the bytes as they pass.
 *
 * <p>One reader per exchange, confined to its event loop; what is learned from them is shared.
 */
@NullMarked
package dev.corral.core.meter;

import org.jspecify.annotations.NullMarked;
