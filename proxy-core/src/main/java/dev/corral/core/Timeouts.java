package dev.corral.core;

import java.time.Duration;

/**
 * The named deadlines. Each measures one thing, and a clock that measures the other side stands still while Corral
 * itself has stopped reading from it.
 *
 * @param headers from a connection's or request's first byte to its complete head
 * @param keepAlive from accept, or the end of a response, to the next request's first byte
 * @param bodyProgress between two pieces of a request body
 * @param connect for a connection to the upstream
 * @param firstByte from the request fully sent to the head of the response: queueing, model load, prompt evaluation
 * @param streamIdle between two pieces of a response
 * @param longStreamIdle the same for pull, push and create
 * @param clientStall how long a client may refuse to read what is waiting for it; while it holds a place at the GPU, at
 *     most twice as long in all, and a second more for each 256 KiB of the answer
 * @param linger how long the rest of a refused request is still read, so that the refusal arrives
 * @param drain from the signal to stop to the forced end of running exchanges
 */
public record Timeouts(
        Duration headers,
        Duration keepAlive,
        Duration bodyProgress,
        Duration connect,
        Duration firstByte,
        Duration streamIdle,
        Duration longStreamIdle,
        Duration clientStall,
        Duration linger,
        Duration drain) {
    public static final Timeouts DEFAULTS = new Timeouts(
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            Duration.ofSeconds(30),
            Duration.ofSeconds(2),
            Duration.ofMinutes(10),
            Duration.ofMinutes(2),
            Duration.ofMinutes(30),
            Duration.ofSeconds(60),
            Duration.ofSeconds(5),
            Duration.ofSeconds(60));
}
