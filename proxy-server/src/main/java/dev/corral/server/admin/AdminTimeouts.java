package dev.corral.server.admin;

import java.time.Duration;

/**
 * How long a connection may take.
 *
 * @param idle from accept or the end of an answer to the next request's first byte
 * @param request from its first byte to its end
 * @param answer from the request's end until the answer was taken
 */
record AdminTimeouts(Duration idle, Duration request, Duration answer) {
    static final AdminTimeouts DEFAULTS =
            new AdminTimeouts(Duration.ofSeconds(90), Duration.ofSeconds(10), Duration.ofSeconds(30));
}
