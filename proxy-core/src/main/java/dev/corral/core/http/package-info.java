/**
 * HTTP/1.1 on the wire: the codecs with their strictness, targets, header rules, CORS, error bodies, flow gates, ways
 * to close. Pure functions and small per-channel objects; per-channel ones are confined to their event loop.
 *
 * <p>Used by {@code core.exchange}, {@code core.upstream} and {@code core}.
 */
@NullMarked
package dev.corral.core.http;

import org.jspecify.annotations.NullMarked;
