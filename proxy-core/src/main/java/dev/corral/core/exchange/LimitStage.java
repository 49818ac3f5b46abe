package dev.corral.core.exchange;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.meter.ExpectedUsage;
import dev.corral.core.spi.AdmissionDecision;
import dev.corral.core.spi.Demand;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.EndpointGroup;
import dev.corral.core.spi.Limiter;
import dev.corral.core.spi.Metering;
import dev.corral.core.spi.Outcome;
import dev.corral.core.spi.Usage;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes from the caller's limits what the request is expected to use, or refuses it. */
final class LimitStage implements HeadStage {
    private static final Logger LOG = LoggerFactory.getLogger(LimitStage.class);
    private static final Usage NOTHING = new Usage(0, 0, 0, Outcome.ABORTED, Metering.NONE);

    /** The limiter has no answer, and without one nobody may use more. */
    static final ProxyError UNKNOWN = ProxyError.tryAgain(
            ErrorCode.STATE_UNAVAILABLE,
            "what this key has used cannot be looked up at the moment; try again shortly",
            2);

    private final Limiter limiter;
    private final ExpectedUsage expected;

    LimitStage(Shared shared) {
        this.limiter = shared.wiring.limiter();
        this.expected = shared.expected;
    }

    @Override
    public @Nullable StageResult decide(Exchange exchange) {
        Endpoint endpoint = Objects.requireNonNull(exchange.endpoint);
        Demand demand = endpoint.group() == EndpointGroup.INFERENCE
                ? expected.of(exchange.policy.modelKey(), exchange.policy.ask)
                : Demand.NONE;
        exchange.holdings.demand = demand;
        AdmissionDecision decision = limiter.reserve(Objects.requireNonNull(exchange.principal), endpoint, demand);
        if (decision instanceof AdmissionDecision.Later later) {
            var unused = later.answer().whenComplete((answer, failure) -> resumeOnLoop(exchange, answer, failure));
            // Only now: if this threw, nobody would resume. The answer comes by way of the loop, so not before.
            exchange.suspend(UNKNOWN);
            return StageResult.Suspend.INSTANCE;
        }
        return settle(exchange, decision);
    }

    private static void resumeOnLoop(
            Exchange exchange, @Nullable AdmissionDecision answer, @Nullable Throwable failure) {
        try {
            exchange.ctx().executor().execute(() -> resume(exchange, answer, failure));
        } catch (RejectedExecutionException ended) {
            // The exchange is over, and so is its loop.
            if (answer instanceof AdmissionDecision.Admit admit) {
                admit.permit().release(NOTHING);
            }
        }
    }

    private static void resume(Exchange exchange, @Nullable AdmissionDecision answer, @Nullable Throwable failure) {
        if (failure != null) {
            LOG.warn("{} the limiter failed to answer: {}", exchange.id, failure.toString());
        }
        StageResult result = failure == null ? settle(exchange, answer) : new StageResult.Refuse(UNKNOWN);
        exchange.resume(result == null ? HeadChain.BUG : result);
    }

    private static @Nullable StageResult settle(Exchange exchange, @Nullable AdmissionDecision decision) {
        if (decision instanceof AdmissionDecision.Admit admit) {
            exchange.holdings.hold(admit.permit());
            return StageResult.Proceed.INSTANCE;
        }
        if (decision instanceof AdmissionDecision.Refuse refusal) {
            return new StageResult.Refuse(refusal.error());
        }
        LOG.error("{} the limiter decided nothing", exchange.id);
        return null;
    }
}
