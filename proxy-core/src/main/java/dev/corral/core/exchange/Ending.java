package dev.corral.core.exchange;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.policy.ModelName;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.Metering;
import dev.corral.core.spi.Outcome;
import dev.corral.core.spi.Permit;
import dev.corral.core.spi.Usage;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives the permits of an exchange back and tells the observer; a failure in one of them holds up none of the rest. */
record Ending(Exchange exchange, Outcome outcome) {
    private static final Logger LOG = LoggerFactory.getLogger(Ending.class);
    private static final Set<Endpoint> MANAGEMENT =
            Set.of(Endpoint.PULL_MODEL, Endpoint.CREATE_MODEL, Endpoint.COPY_MODEL, Endpoint.DELETE_MODEL);
    private static final int MAX_METHOD = 32;
    private static final int MAX_PATH = 256;

    void report(List<Permit> permits) {
        if (exchange.endpoint != null
                && MANAGEMENT.contains(exchange.endpoint)
                && exchange.status >= 200
                && exchange.status < 300) {
            exchange.shared.modelsChanged();
        }
        long duration = exchange.loop.clock().nanos() - exchange.startedNanos;
        Usage usage = new Usage(exchange.requestBytes, exchange.responseBytes, duration, outcome, Metering.NONE);
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

    /** How an exchange ends for this reason. */
    static Outcome outcome(ErrorCode code) {
        return switch (code) {
            case HEADER_TIMEOUT, BODY_TIMEOUT, FIRST_BYTE_TIMEOUT, STREAM_IDLE, CLIENT_STALL -> Outcome.TIMED_OUT;
            case CLIENT_GONE -> Outcome.CLIENT_GONE;
            case INTERNAL -> Outcome.ABORTED;
            default -> code.fault() == ErrorCode.Fault.UPSTREAM ? Outcome.UPSTREAM_FAILED : Outcome.REFUSED;
        };
    }

    private ExchangeSummary summary(long duration) {
        ModelName model = exchange.policy.model;
        return new ExchangeSummary(
                exchange.id,
                exchange.startedMillis,
                exchange.front().clientAddress(),
                bounded(exchange.head.method().name(), MAX_METHOD),
                bounded(withoutQuery(exchange.head.uri()), MAX_PATH),
                exchange.endpoint,
                exchange.dialect,
                exchange.principal,
                model == null ? null : model.key(),
                exchange.policy.kinds(),
                exchange.status,
                exchange.error,
                outcome,
                exchange.requestBytes,
                exchange.responseBytes,
                exchange.firstByteNanos,
                0,
                0,
                duration,
                Metering.NONE);
    }

    private static String withoutQuery(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    private static String bounded(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length);
    }
}
