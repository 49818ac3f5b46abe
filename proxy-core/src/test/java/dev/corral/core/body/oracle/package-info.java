/**
 * Go's reading of request bodies, written from Go's and Ollama's behaviour and sharing nothing with the code under test,
 * bodies made to be misread, and the properties that hold between what Corral decides and what Ollama then reads.
 *
 * <p>Test code; any thread.
 */
@NullMarked
package dev.corral.core.body.oracle;

import org.jspecify.annotations.NullMarked;
