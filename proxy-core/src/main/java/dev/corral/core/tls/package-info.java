/**
 * TLS on the listeners: certificates and who gets which.
 *
 * <p>Values, or the event loop of a connection. The server hands certificates in; {@code core} uses the rest.
 */
@NullMarked
package dev.corral.core.tls;

import org.jspecify.annotations.NullMarked;
