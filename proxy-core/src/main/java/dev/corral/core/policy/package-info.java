/**
 * What a role may ask of Ollama, as data and pure functions: model names and patterns, rules for request bodies, what
 * listings show.
 *
 * <p>Immutable values, any thread, but for {@link dev.corral.core.policy.ModelCatalogue}, which is thread-safe. The
 * exchange and whoever reads the configuration may depend on this package.
 */
@NullMarked
package dev.corral.core.policy;

import org.jspecify.annotations.NullMarked;
