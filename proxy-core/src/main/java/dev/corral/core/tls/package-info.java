/**
 * TLS towards clients: certificates in force and their exchange while connections live, the choice of one by the name
 * that a client asks for, handshakes with their deadline, client certificates, and what ACME servers want to see.
 *
 * <p>Per-connection handlers are confined to their event loop; {@link dev.corral.core.tls.TlsContexts} and {@link
 * dev.corral.core.tls.HttpChallenges} are for any thread.
 *
 * <p>Used by {@code core}, {@code core.exchange} and, for the certificates, by {@code proxy-server}.
 */
@NullMarked
package dev.corral.core.tls;

import org.jspecify.annotations.NullMarked;
