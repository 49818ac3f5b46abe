package dev.corral.server.log;

import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.ExchangeObserver;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.Metering;
import dev.corral.core.spi.NanoClock;
import dev.corral.core.spi.Principal;
import java.time.Duration;

/**
 * One JSON line per exchange. Never a prompt, a secret, a query or a header's value. Of exchanges without a key a bounded
 * number is written in a second and the rest counted, so that a flood does not push what callers did out of the files.
 *
 * <p>Thread-safe; never blocks: a line that finds the queue full is dropped and counted.
 */
public final class AccessLog implements ExchangeObserver, AutoCloseable {
    private static final Duration CLOSE = Duration.ofSeconds(5);
    private static final int CAPACITY = 16_384;

    private static final int STRANGERS_PER_SECOND = 200;

    /** A line to be. */
    private sealed interface Entry {
        record Exchange(ExchangeSummary summary) implements Entry {}

        record Suppressed(long epochMillis, long count) implements Entry {}
    }

    private final JsonLinesFile<Entry> file;
    private final NanoClock clock;
    private final RefusalQuota strangers;

    /** Begins to write; trouble with the file is logged and does not end anything. */
    public AccessLog(LogTarget target, NanoClock clock) {
        this.file = new JsonLinesFile<>("access", target, CAPACITY, AccessLog::encode);
        this.clock = clock;
        this.strangers = new RefusalQuota(clock, STRANGERS_PER_SECOND);
    }

    @Override
    public void finished(ExchangeSummary summary) {
        if (summary.principal() == null) {
            long suppressed = strangers.take();
            if (suppressed < 0) {
                return;
            }
            suppressed(suppressed);
        }
        file.offer(new Entry.Exchange(summary));
    }

    private void suppressed(long count) {
        if (count > 0) {
            file.offer(new Entry.Suppressed(clock.epochMillis(), count));
        }
    }

    public LogCounts counts() {
        return file.counts();
    }

    /** Writes what is queued, for at most five seconds. Blocks: not for event loops. */
    @Override
    public void close() {
        suppressed(strangers.takeSuppressed());
        file.close(CLOSE);
    }

    private static void encode(Entry entry, JsonLine line) {
        if (entry instanceof Entry.Exchange exchange) {
            encode(exchange.summary(), line);
        } else if (entry instanceof Entry.Suppressed suppressed) {
            line.time("time", suppressed.epochMillis()).number("suppressed", suppressed.count());
        }
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
                .text("model", summary.model(), Fields.MODEL)
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
        if (summary.queuePosition() > 0) {
            line.millis("queue_ms", Math.max(0, summary.queuedNanos()));
        }
        encode(summary.metering(), line);
    }

    /** Nothing for an exchange that asked no model; what is true of few answers is there only where it is true. */
    private static void encode(Metering metering, JsonLine line) {
        if (metering.source() == Metering.Source.NONE) {
            return;
        }
        line.number("prompt_tokens", metering.promptTokens())
                .number("completion_tokens", metering.completionTokens())
                .millis("first_token_ms", metering.firstTokenNanos());
        if (metering.source() == Metering.Source.ESTIMATED) {
            line.yes("tokens_estimated");
        }
        if (!metering.ended()) {
            line.yes("unfinished");
        }
    }
}
