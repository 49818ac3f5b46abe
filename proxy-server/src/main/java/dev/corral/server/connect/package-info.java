/**
 * {@code corral connect}: the data path with another Corral behind it instead of an Ollama, on a user's own machine, for
 * programs that cannot send a key.
 *
 * <p>Runs on the main thread and one that asks how things stand; credentials and the check of callers on event loops,
 * signatures beside them. Only {@code cli} depends on it.
 */
@NullMarked
package dev.corral.server.connect;

import org.jspecify.annotations.NullMarked;
