/**
 * Tests that the files in {@code deploy/} fit the program: metrics, settings, limits, deadlines.
 *
 * <p>JUnit's thread only; nothing depends on it.
 */
@NullMarked
package dev.corral.server.deploy;

import org.jspecify.annotations.NullMarked;
