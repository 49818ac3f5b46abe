/**
 * What socket tests are made of: a scripted upstream, a strict raw client, a proxy between them, and the check that
 * nothing is left afterwards.
 *
 * <p>Plain {@code java.net} sockets and threads on purpose: the kit shares no HTTP code with what it tests. Tests of
 * any module may depend on it; it is shipped in the test-jar.
 */
@NullMarked
package dev.corral.core.testkit;

import org.jspecify.annotations.NullMarked;
