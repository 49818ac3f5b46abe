/**
 * The composition root: builds the running program out of its parts, in order, and takes it down again.
 *
 * <p>Everything here runs on the main thread and on background threads, never on an event loop. Only {@code cli} depends
 * on it.
 */
@NullMarked
package dev.corral.server.wiring;

import org.jspecify.annotations.NullMarked;
