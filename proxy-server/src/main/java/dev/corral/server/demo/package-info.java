/**
 * A stand-in for Ollama, for {@code corral demo} and for tests of clients: answers on the wire as Ollama does and says
 * plainly that it is none.
 *
 * <p>Runs on one event loop of its own. Only {@code cli} and tests depend on it; it knows nothing of Corral's other
 * parts.
 */
@NullMarked
package dev.corral.server.demo;

import org.jspecify.annotations.NullMarked;
