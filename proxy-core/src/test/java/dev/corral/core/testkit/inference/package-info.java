/**
 * An upstream that generates: it answers Ollama's inference routes in every dialect, byte for byte as Ollama's own
 * middleware does, and keeps a ledger of what it has produced for whom.
 *
 * <p>Plain threads and sockets like the rest of the kit; tests of any module may depend on it.
 */
@NullMarked
package dev.corral.core.testkit.inference;

import org.jspecify.annotations.NullMarked;
