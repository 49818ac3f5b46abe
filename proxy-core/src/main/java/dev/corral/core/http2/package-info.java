/**
 * HTTP/2 towards clients: each stream of a connection becomes a channel that carries one request and its response as
 * HTTP/1.1 has them, so that exchanges know no difference; what a connection may cost is bounded here. Confined to the
 * connection's event loop. Only the composition of listeners uses it.
 */
@NullMarked
package dev.corral.core.http2;

import org.jspecify.annotations.NullMarked;
