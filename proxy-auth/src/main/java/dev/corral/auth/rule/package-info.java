/**
 * What an authenticated caller may do.
 *
 * <p>Called on event loops; must not block. {@code proxy-server} depends on this package; it depends only on core's
 * {@code spi} and {@code error}.
 */
@NullMarked
package dev.corral.auth.rule;

import org.jspecify.annotations.NullMarked;
