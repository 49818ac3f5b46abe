/**
 * From a canonical path to an {@link dev.corral.core.spi.Endpoint}: an allow-list, everything else is unknown.
 *
 * <p>Immutable, any thread. Used by {@code core.exchange}.
 */
@NullMarked
package dev.corral.core.route;

import org.jspecify.annotations.NullMarked;
