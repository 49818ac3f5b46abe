package dev.corral.core.exchange;

import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.Outcome;
import dev.corral.core.spi.Permit;
import dev.corral.core.spi.Usage;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives the permits of an exchange back and tells the observer; a failure in one of them holds up none of the rest. */
record Ending(Exchange exchange, Outcome outcome) {
    private static final Logger LOG = LoggerFactory.getLogger(Ending.class);
    private static final int MAX_METHOD = 32;
    private static final int MAX_PATH = 256;

    void report(List<Permit> permits) {
        long duration = exchange.loop.clock().nanos() - exchange.startedNanos;
        Usage usage = new Usage(exchange.requestBytes, exchange.responseBytes, duration, outcome);
        for (int i = permits.size() - 1; i >= 0; i--) {
            try {
                permits.get(i).release(usage);
            } catch (RuntimeException e) {
                LOG.error("{} a permit could not be given back", exchange.id, e);
            }
        }
        try {
            exchange.shared.wiring.observer().finished(summary(duration));
        } catch (RuntimeException e) {
            LOG.error("{} an observer failed", exchange.id, e);
        }
    }

    private ExchangeSummary summary(long duration) {
        return new ExchangeSummary(
                exchange.id,
                exchange.startedMillis,
                exchange.front().clientAddress(),
                bounded(exchange.head.method().name(), MAX_METHOD),
                bounded(withoutQuery(exchange.head.uri()), MAX_PATH),
                exchange.endpoint,
                exchange.dialect,
                exchange.principal,
                exchange.status,
                exchange.error,
                outcome,
                exchange.requestBytes,
                exchange.responseBytes,
                exchange.firstByteNanos,
                duration);
    }

    private static String withoutQuery(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    private static String bounded(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length);
    }
}
