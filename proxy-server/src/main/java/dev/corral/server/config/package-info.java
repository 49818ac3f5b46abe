/**
 * The configuration file: found, read, checked as a whole and turned into immutable records, and rendered again.
 *
 * <p>Used by whoever starts the program, on the starting thread; {@code proxy-server} depends on it, nothing else does.
 */
@NullMarked
package dev.corral.server.config;

import org.jspecify.annotations.NullMarked;
