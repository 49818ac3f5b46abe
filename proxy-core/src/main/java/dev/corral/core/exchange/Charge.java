package dev.corral.core.exchange;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.meter.ResponseMeter;
import dev.corral.core.policy.Ask;
import dev.corral.core.spi.EndpointGroup;
import dev.corral.core.spi.Metering;
import dev.corral.core.spi.Outcome;
import org.jspecify.annotations.Nullable;

/** What is charged for an exchange, by how far it came. */
final class Charge {
    private Charge() {}

    /**
     * What the upstream produced for it: as it told, or as was seen of its answer. A request that it took and then had no
     * chance to answer is charged by what is known: it may have been working all the time. One that it refused, or broke
     * off itself without a word, costs nothing.
     */
    static Metering of(Exchange exchange, long endedNanos) {
        if (exchange.endpoint == null || exchange.endpoint.group() != EndpointGroup.INFERENCE) {
            return Metering.NONE;
        }
        Holdings holdings = exchange.holdings;
        long sent = holdings.sentNanos(endedNanos);
        Ask ask = exchange.policy.ask;
        ResponseMeter meter = holdings.meter;
        if (meter != null) {
            return meter.result(exchange.startedNanos, sent, endedNanos, ask.promptTokens());
        }
        if (!holdings.wasSent() || holdings.answered || brokenByUpstream(exchange.error)) {
            return Metering.NONE;
        }
        long took = endedNanos - sent;
        long generated = ask.streamed()
                ? 0
                : Math.min(ask.maxTokens(), exchange.shared.expected.generatedIn(exchange.policy.modelKey(), took));
        return new Metering(
                Metering.Source.ESTIMATED, false, ask.promptTokens(), generated, took, -1, -1, -1, -1, 0, 0, 0);
    }

    private static boolean brokenByUpstream(@Nullable ProxyError error) {
        return error != null
                && error.code().fault() == ErrorCode.Fault.UPSTREAM
                && Ending.outcome(error.code()) != Outcome.TIMED_OUT;
    }
}
