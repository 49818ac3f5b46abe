/**
 * Requests that the {@code ollama} command signs with its user's ssh key: their proof, and the keys that are waiting to be
 * let in.
 *
 * <p>Called on event loops; signatures are checked and files written on threads of their own. {@code proxy-server} depends
 * on this package; it depends on {@code auth.key}, {@code auth.scheme}, and core's {@code spi} and {@code error}.
 */
@NullMarked
package dev.corral.auth.ssh;

import org.jspecify.annotations.NullMarked;
