/**
 * The command line: arguments, exit codes, what people read.
 *
 * <p>Runs on the main thread. Nobody depends on it.
 */
@NullMarked
package dev.corral.server.cli;

import org.jspecify.annotations.NullMarked;
