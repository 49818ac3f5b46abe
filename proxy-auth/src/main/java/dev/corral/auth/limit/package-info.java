/**
 * How much a caller may use: limits by role and key, what is reserved and what was used.
 *
 * <p>Called on event loops; must not block. {@code proxy-server} depends on this package; it depends only on core's
 * {@code spi} and {@code error}.
 */
@NullMarked
package dev.corral.auth.limit;

import org.jspecify.annotations.NullMarked;
