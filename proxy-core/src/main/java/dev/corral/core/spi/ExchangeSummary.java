package dev.corral.core.spi;

import dev.corral.core.error.ProxyError;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every fact about a finished exchange.
 *
 * @param requestId also on the response, as {@code X-Request-Id}
 * @param startedAtMillis wall clock at the request head, milliseconds since the epoch
 * @param clientAddress the address the request is attributed to
 * @param protocol what the client spoke
 * @param tls whether its connection is encrypted up to Corral; false where something in front ends TLS
 * @param method as sent by the client: untrusted text, at most 32 characters
 * @param path as sent by the client, without query: untrusted text, at most 256 characters
 * @param endpoint null where the target is no route
 * @param dialect the shape errors took
 * @param principal null where nobody was authenticated
 * @param model the canonical name of the model that the request names, such as
 *     {@code registry.ollama.ai/library/llama3:latest}; null where it names none, or none that can be read
 * @param changes the sorts of things that policy changed in the request, one entry for each
 *     ({@link dev.corral.core.policy.Change.Kind#label})
 * @param status the status sent, or 499 where the client left before one was, or 0 where the connection was cut
 * @param error why it was refused or broken off; null where it was not
 * @param outcome how it ended
 * @param requestBytes body bytes received
 * @param responseBytes body bytes sent
 * @param firstByteNanos from the request head to the first byte of the upstream's response; -1 where none came
 * @param queuePosition its place among those that waited when it came to wait, from 1; 0 where it did not
 * @param queuedNanos how long it waited for a place at the upstream
 * @param durationNanos from the request head to the end
 * @param metering what the upstream produced for it
 */
public record ExchangeSummary(
        String requestId,
        long startedAtMillis,
        InetAddress clientAddress,
        Protocol protocol,
        boolean tls,
        String method,
        String path,
        @Nullable Endpoint endpoint,
        Dialect dialect,
        @Nullable Principal principal,
        @Nullable String model,
        List<String> changes,
        int status,
        @Nullable ProxyError error,
        Outcome outcome,
        long requestBytes,
        long responseBytes,
        long firstByteNanos,
        int queuePosition,
        long queuedNanos,
        long durationNanos,
        Metering metering) {}
