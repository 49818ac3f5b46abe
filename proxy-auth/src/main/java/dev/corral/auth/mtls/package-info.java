/**
 * Certificates that clients show in TLS.
 *
 * <p>Called on event loops; does not block. {@code proxy-server} depends on this package; it knows {@code auth.key} and
 * core's {@code spi} and {@code error}.
 */
@NullMarked
package dev.corral.auth.mtls;

import org.jspecify.annotations.NullMarked;
