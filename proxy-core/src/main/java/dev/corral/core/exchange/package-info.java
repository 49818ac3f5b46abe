/**
 * The life of one request and its response: {@link dev.corral.core.exchange.Exchange} and what it is made of. See
 * docs/life-of-a-request.md.
 *
 * <p>Everything that belongs to a client connection, its exchange and its upstream connection runs on one event loop;
 * there are no locks here. Only large bodies are read elsewhere, while their exchange waits (LargeBodies). Used by
 * {@code core} and {@code core.http2} only.
 */
@NullMarked
package dev.corral.core.exchange;

import org.jspecify.annotations.NullMarked;
