/**
 * What a role may ask of Ollama, as data and pure functions: model names and patterns, rules for request bodies, what
 * listings show.
 *
 * <p>Immutable values, any thread, but for {@link dev.corral.core.policy.ModelCatalogue}, which is thread-safe. The
 * data path, whoever reads the configuration and whoever counts changes may depend on this package.
 */
@NullMarked
package dev.corral.core.policy;

import org.jspecify.annotations.NullMarked;
