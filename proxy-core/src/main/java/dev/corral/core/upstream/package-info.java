/**
 * Connections to the Ollama behind Corral: one pool per event loop, watched while idle, and the upstream's health.
 *
 * <p>Confined to event loops, but for {@link dev.corral.core.upstream.Upstream}. Used by {@code core.exchange} and
 * {@code core}.
 */
@NullMarked
package dev.corral.core.upstream;

import org.jspecify.annotations.NullMarked;
