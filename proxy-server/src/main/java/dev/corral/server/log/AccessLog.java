package dev.corral.server.log;

import dev.corral.core.spi.ExchangeObserver;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.NanoClock;
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

    /** Lines that were not written, instead of theirs. */
    private record Suppressed(long epochMillis, long count) {}

    /** Of {@link ExchangeSummary} and {@link Suppressed}: no wrapper for each exchange. */
    private final JsonLinesFile<Object> file;

    private final NanoClock clock;
    private final RefusalQuota strangers;
    private final AccessLine exchange = new AccessLine();

    /** Begins to write; trouble with the file is logged and does not end anything. */
    public AccessLog(LogTarget target, NanoClock clock) {
        this.file = new JsonLinesFile<>("access", target, CAPACITY, this::encode);
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
        file.offer(summary);
    }

    private void suppressed(long count) {
        if (count > 0) {
            file.offer(new Suppressed(clock.epochMillis(), count));
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

    private void encode(Object entry, JsonLine line) {
        if (entry instanceof ExchangeSummary summary) {
            exchange.encode(summary, line);
        } else if (entry instanceof Suppressed suppressed) {
            line.time("time", suppressed.epochMillis()).number("suppressed", suppressed.count());
        }
    }
}
