/**
 * Connections to the Ollama behind Corral: one pool per event loop, watched while idle; the upstream's health, and
 * the readers of its lists of models.
 *
 * <p>Confined to event loops, but for {@link dev.corral.core.upstream.Upstream} and those that look after it
 * on threads of their own. Used by {@code core.exchange} and {@code core}.
 */
@NullMarked
package dev.corral.core.upstream;

import org.jspecify.annotations.NullMarked;
