package dev.corral.core.exchange;

import dev.corral.core.admit.QueueTicket;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.http.PathToken;
import dev.corral.core.meter.ResponseMeter;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.Metering;
import dev.corral.core.spi.Outcome;
import dev.corral.core.spi.Protocol;
import dev.corral.core.spi.Usage;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works out what an exchange used, gives back what it had and tells the observer; a failure in one of them, even an {@link
 * Error}, holds up none of the rest: what is not given back now never will be.
 */
record Ending(Exchange exchange, Outcome outcome) {
    private static final Logger LOG = LoggerFactory.getLogger(Ending.class);
    private static final Set<Endpoint> MANAGEMENT =
            Set.of(Endpoint.PULL_MODEL, Endpoint.CREATE_MODEL, Endpoint.COPY_MODEL, Endpoint.DELETE_MODEL);
    private static final int MAX_METHOD = 32;
    private static final int MAX_PATH = 256;

    void report() {
        if (exchange.endpoint != null
                && MANAGEMENT.contains(exchange.endpoint)
                && exchange.status >= 200
                && exchange.status < 300) {
            guarded("the models could not be asked for", exchange.shared::modelsChanged);
        }
        Holdings holdings = exchange.holdings;
        long ended = exchange.loop.clock().nanos();
        long duration = ended - exchange.startedNanos;
        Metering metering = metering(ended);
        ResponseMeter meter = holdings.meter;
        if (meter != null) {
            guarded("what was kept of an answer could not be given back", meter::release);
        }
        guarded("its body is taken for one that waits", () -> QueueStage.leave(exchange));
        QueueTicket ticket = holdings.ticket;
        if (ticket != null) {
            guarded("a place in the queue could not be given back", () -> ticket.leave(metering.tokens()));
        }
        holdings.giveBack(new Usage(exchange.requestBytes, exchange.responseBytes, duration, outcome, metering));
        if (meter != null && outcome == Outcome.COMPLETED && metering.ended()) {
            guarded(
                    "nothing could be learned from an answer",
                    () -> exchange.shared.expected.learn(exchange.policy.modelKey(), exchange.policy.ask, metering));
        }
        guarded("an observer failed", () -> exchange.shared.wiring.observer().finished(summary(duration, metering)));
    }

    private Metering metering(long ended) {
        try {
            return Charge.of(exchange, ended);
        } catch (RuntimeException | Error e) {
            LOG.error("{} what it used could not be told", exchange.id, e);
            return Metering.NONE;
        }
    }

    /** Does a step, whatever it throws. */
    void guarded(String failure, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            LOG.error("{} {}", exchange.id, failure, e);
        }
    }

    /** How an exchange ends for this reason. */
    static Outcome outcome(ErrorCode code) {
        return switch (code) {
            case HEADER_TIMEOUT, BODY_TIMEOUT, QUEUE_TIMEOUT, FIRST_BYTE_TIMEOUT, STREAM_IDLE, CLIENT_STALL ->
                Outcome.TIMED_OUT;
            case CLIENT_GONE -> Outcome.CLIENT_GONE;
            case INTERNAL -> Outcome.ABORTED;
            default -> code.fault() == ErrorCode.Fault.UPSTREAM ? Outcome.UPSTREAM_FAILED : Outcome.REFUSED;
        };
    }

    private ExchangeSummary summary(long duration, Metering metering) {
        return new ExchangeSummary(
                exchange.id,
                exchange.startedMillis,
                exchange.client,
                protocol(),
                exchange.link().peer().secure(),
                bounded(exchange.head.method().name(), MAX_METHOD),
                bounded(PathToken.hidden(withoutQuery(exchange.head.uri())), MAX_PATH),
                exchange.endpoint,
                exchange.dialect,
                exchange.principal,
                exchange.policy.modelKey(),
                exchange.policy.kinds(),
                exchange.status,
                exchange.error,
                outcome,
                exchange.requestBytes,
                exchange.responseBytes,
                exchange.firstByteNanos,
                exchange.holdings.queuePosition(),
                exchange.holdings.queuedNanos(),
                duration,
                metering);
    }

    private Protocol protocol() {
        if (exchange.link().stream()) {
            return Protocol.HTTP_2;
        }
        return exchange.head.protocolVersion().equals(HttpVersion.HTTP_1_0) ? Protocol.HTTP_1_0 : Protocol.HTTP_1_1;
    }

    private static String withoutQuery(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    private static String bounded(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length);
    }
}
