package dev.corral.core.exchange;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.meter.ResponseMeter;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.EndpointGroup;
import dev.corral.core.spi.Metering;
import dev.corral.core.spi.Outcome;
import org.jspecify.annotations.Nullable;

/** What is charged for an exchange, by how far it came. */
final class Charge {
    /**
     * How much of a recording is taken for a token: of speech at 16 kHz and 16 bits about a sixth of a second. Only once
     * it is over: its length is not known when it begins.
     */
    private static final long RECORDED_BYTES_PER_TOKEN = 5_000;

    private Charge() {}

    /**
     * What the upstream produced for it: as it told, or as was seen of its answer. A request that it took and then had no
     * chance to answer is charged by what is known: it may have been working all the time. So may have one that it
     * answered with a failure of its own: this costs its time. One that it refused, or broke off itself without a word,
     * costs nothing.
     */
    static Metering of(Exchange exchange, long endedNanos) {
        if (exchange.endpoint == null || exchange.endpoint.group() != EndpointGroup.INFERENCE) {
            return Metering.NONE;
        }
        Holdings holdings = exchange.holdings;
        long sent = holdings.sentNanos(endedNanos);
        ResponseMeter meter = holdings.meter;
        if (meter != null) {
            Metering seen = meter.result(exchange.startedNanos, sent, endedNanos, prompt(exchange));
            return silent(exchange, seen) ? seen.withCompletion(unseen(exchange, endedNanos - sent)) : seen;
        }
        if (!holdings.wasSent() || brokenByUpstream(exchange.error)) {
            return Metering.NONE;
        }
        if (holdings.answered) {
            return exchange.status >= 500 ? spent(true, 0, 0, endedNanos - sent) : Metering.NONE;
        }
        long took = endedNanos - sent;
        return spent(false, prompt(exchange), unseen(exchange, took), took);
    }

    private static Metering spent(boolean ended, long prompt, long completion, long nanos) {
        return new Metering(Metering.Source.ESTIMATED, ended, prompt, completion, nanos, -1, -1, -1, -1, 0, 0, 0);
    }

    /** Whether a stream was left before anything of it came: a call of a tool comes only when all of it is generated. */
    private static boolean silent(Exchange exchange, Metering seen) {
        return exchange.policy.ask.streamed()
                && exchange.error != null
                && !brokenByUpstream(exchange.error)
                && !seen.ended()
                && seen.pieces() == 0
                && seen.source() == Metering.Source.ESTIMATED;
    }

    private static long unseen(Exchange exchange, long nanos) {
        return Math.min(
                exchange.policy.ask.maxTokens(),
                exchange.shared.expected.generatedIn(exchange.policy.modelKey(), prompt(exchange), nanos));
    }

    private static long prompt(Exchange exchange) {
        long estimate = exchange.policy.ask.promptTokens();
        return exchange.endpoint == Endpoint.TRANSCRIPTIONS
                ? Math.max(estimate, exchange.requestBytes / RECORDED_BYTES_PER_TOKEN)
                : estimate;
    }

    private static boolean brokenByUpstream(@Nullable ProxyError error) {
        return error != null
                && error.code().fault() == ErrorCode.Fault.UPSTREAM
                && Ending.outcome(error.code()) != Outcome.TIMED_OUT;
    }
}
