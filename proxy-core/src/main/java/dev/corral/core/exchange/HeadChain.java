package dev.corral.core.exchange;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stages in order: the order is the security model. Everything up to the body is decided before a byte of it is
 * asked for, what is in it before anything is sent, and a stage that throws or says nothing refuses.
 */
final class HeadChain {
    private static final Logger LOG = LoggerFactory.getLogger(HeadChain.class);
    static final StageResult BUG = new StageResult.Refuse(
            new ProxyError(ErrorCode.INTERNAL, "an internal error occurred; the operator's log has the request id"));

    private final List<HeadStage> stages;

    HeadChain(Shared shared) {
        stages = List.of(
                new AddressStage(shared),
                new DrainStage(shared),
                new FramingStage(shared),
                new TargetStage(shared),
                new PublicStage(shared),
                new AuthenticateStage(shared),
                new RouteStage(shared),
                new AdmitStage(shared),
                new BodyStage(shared),
                new PolicyStage(shared),
                new LimitStage(shared),
                new QueueStage(shared));
    }

    /** Runs the stages from {@code exchange.nextStage} on until one does not proceed. */
    void run(Exchange exchange) {
        while (exchange.nextStage < stages.size()) {
            HeadStage stage = stages.get(exchange.nextStage++);
            StageResult result = decide(stage, exchange);
            if (result instanceof StageResult.Refuse refusal) {
                exchange.refuse(refusal.error());
                return;
            } else if (result instanceof StageResult.Answer answer) {
                exchange.answer(answer.response());
                return;
            } else if (result instanceof StageResult.Suspend) {
                return;
            }
        }
        exchange.forward();
    }

    private static StageResult decide(HeadStage stage, Exchange exchange) {
        try {
            StageResult result = stage.decide(exchange);
            if (result != null) {
                return result;
            }
            LOG.error("{} {} decided nothing", exchange.id, stage.getClass().getSimpleName());
        } catch (RuntimeException e) {
            LOG.error("{} {} failed", exchange.id, stage.getClass().getSimpleName(), e);
        }
        return BUG;
    }
}
