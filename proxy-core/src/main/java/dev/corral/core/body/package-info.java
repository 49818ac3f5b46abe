/**
 * Request bodies: collected within bounds, read strictly, changed by position. Confined to an exchange's event loop,
 * or the thread that reads large bodies, but for the process-wide budget and the immutable schemas.
 *
 * <p>Used by {@code core}, {@code core.policy} and {@code core.exchange}.
 */
@NullMarked
package dev.corral.core.body;

import org.jspecify.annotations.NullMarked;
