/**
 * API keys: their form, their records at rest in the key file, and who a presented key turns out to be.
 *
 * <p>Look-ups run on event loops and never block; everything that touches the file runs elsewhere. {@code proxy-server}
 * depends on this package; it depends on {@code auth.limit}, and core's {@code spi} and {@code error}.
 */
@NullMarked
package dev.corral.auth.key;

import org.jspecify.annotations.NullMarked;
