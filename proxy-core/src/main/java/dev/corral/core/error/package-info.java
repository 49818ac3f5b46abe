/**
 * Why Corral refused a request or broke one off, as data: a stable code, a status, whose fault it was.
 *
 * <p>Immutable values, any thread. Anyone may depend on this package.
 */
@NullMarked
package dev.corral.core.error;

import org.jspecify.annotations.NullMarked;
