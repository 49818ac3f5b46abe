package dev.corral.core;

/**
 * Bounds on what strangers and callers can make Corral hold.
 *
 * @param targetBytes the request target
 * @param headerBytes the header section
 * @param headerFields fields in the header section
 * @param bodyBytes one request body, declared or chunked
 * @param uploadBytes one model file uploaded by a role that may create models; streamed, never held
 * @param bufferedBodyBytes all request bodies, and answers that are held back, at one time, over all connections
 * @param connections client connections
 * @param connectionsPerAddress client connections from one address
 * @param streamsPerConnection requests at one time on one connection of HTTP/2
 * @param strangersPerMinute requests without a valid key from one address, or one IPv6 network of 64 bits, in a minute
 */
public record Limits(
        int targetBytes,
        int headerBytes,
        int headerFields,
        long bodyBytes,
        long uploadBytes,
        long bufferedBodyBytes,
        int connections,
        int connectionsPerAddress,
        int streamsPerConnection,
        int strangersPerMinute) {
    public static final Limits DEFAULTS =
            new Limits(8 << 10, 16 << 10, 100, 32L << 20, 256L << 30, 128L << 20, 20_000, 2_000, 100, 600);
}
