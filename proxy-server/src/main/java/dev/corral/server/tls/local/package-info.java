/**
 * A certificate authority of Corral's own, for networks that no public one gives certificates for.
 *
 * <p>Blocks: for the main thread, background threads and commands. BouncyCastle is loaded only when something is signed.
 */
@NullMarked
package dev.corral.server.tls.local;

import org.jspecify.annotations.NullMarked;
