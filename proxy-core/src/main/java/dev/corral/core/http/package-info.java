/**
 * HTTP/1.1 on the wire: the codecs with their strictness, targets, header rules, CORS, error bodies, flow gates, ways
 * to close. Pure functions and small per-channel objects; per-channel ones are confined to their event loop.
 *
 * <p>Used by {@code core} and its packages for what is on the wire: {@code exchange}, {@code http2}, {@code upstream} and
 * {@code tls}.
 */
@NullMarked
package dev.corral.core.http;

import org.jspecify.annotations.NullMarked;
