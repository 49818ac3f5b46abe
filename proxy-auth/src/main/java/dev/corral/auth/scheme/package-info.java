/**
 * How the ways to prove who one is are tried in turn, and what they share: work that is too long for event loops.
 *
 * <p>Called on event loops; must not block. {@code proxy-server} depends on this package; it depends only on core's
 * {@code spi} and {@code error}.
 */
@NullMarked
package dev.corral.auth.scheme;

import org.jspecify.annotations.NullMarked;
