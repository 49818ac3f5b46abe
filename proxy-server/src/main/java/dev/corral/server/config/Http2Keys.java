package dev.corral.server.config;

import static dev.corral.server.config.Types.number;

/** The settings of HTTP/2, which is spoken where TLS is. */
final class Http2Keys {
    final Setting<Integer> maxStreams = Settings.setting(
            "http2.max-streams",
            number(1, 1_000),
            "Requests at one time on one connection; what a client begins beyond them is refused, and it tries again.",
            c -> c.core().limits().streamsPerConnection());
}
