/**
 * Certificates of a public authority, by ACME (RFC 8555).
 *
 * <p>One background thread. For the composition root, which answers challenges with what {@code core} has for it.
 */
@NullMarked
package dev.corral.server.tls.acme;

import org.jspecify.annotations.NullMarked;
