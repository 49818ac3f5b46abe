package dev.corral.server.log;

import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.ExchangeObserver;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.Principal;
import java.time.Duration;

/**
 * One JSON line per exchange. Never a prompt, a secret, a query or a header's value.
 *
 * <p>Thread-safe; never blocks: a line that finds the queue full is dropped and counted.
 */
public final class AccessLog implements ExchangeObserver, AutoCloseable {
    private static final Duration CLOSE = Duration.ofSeconds(5);
    private static final int CAPACITY = 16_384;

    private final JsonLinesFile<ExchangeSummary> file;

    /** Begins to write; trouble with the file is logged and does not end anything. */
    public AccessLog(LogTarget target) {
        this.file = new JsonLinesFile<>("access", target, CAPACITY, AccessLog::encode);
    }

    @Override
    public void finished(ExchangeSummary summary) {
        file.offer(summary);
    }

    public LogCounts counts() {
        return file.counts();
    }

    /** Writes what is queued, for at most five seconds. Blocks: not for event loops. */
    @Override
    public void close() {
        file.close(CLOSE);
    }

    static void encode(ExchangeSummary summary, JsonLine line) {
        Principal principal = summary.principal();
        Endpoint endpoint = summary.endpoint();
        line.time("time", summary.startedAtMillis())
                .text("id", summary.requestId(), Fields.ID)
                .text("key", principal == null ? null : principal.keyId(), Fields.ID)
                .text("key_name", principal == null ? null : principal.keyName(), Fields.NAME)
                .text("role", principal == null ? null : principal.role(), Fields.NAME)
                .text("address", summary.clientAddress().getHostAddress(), Fields.ADDRESS)
                .text("method", Redaction.redact(summary.method()), Fields.METHOD)
                .text("path", endpoint == null ? Redaction.redact(summary.path()) : endpoint.pattern(), Fields.PATH)
                .number("status", summary.status())
                .text(
                        "code",
                        summary.error() == null ? null : summary.error().code().label(),
                        Fields.WORD)
                .text("outcome", summary.outcome().label(), Fields.WORD)
                .number("request_bytes", summary.requestBytes())
                .number("response_bytes", summary.responseBytes())
                .millis("first_byte_ms", summary.firstByteNanos())
                .millis("duration_ms", Math.max(0, summary.durationNanos()));
    }
}
