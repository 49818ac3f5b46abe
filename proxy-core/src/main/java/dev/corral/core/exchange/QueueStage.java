package dev.corral.core.exchange;

import dev.corral.core.QueueSettings;
import dev.corral.core.admit.FairQueue;
import dev.corral.core.admit.QueueTicket;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.exchange.Deadlines.Deadline;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.EndpointGroup;
import dev.corral.core.spi.Principal;
import java.util.Objects;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Has a request for a model wait until the upstream has a place for it. All of the request is here: a place is never
 * held by one that is still arriving. Its body is held and counted meanwhile; no other clock of the exchange runs.
 */
final class QueueStage implements HeadStage {
    private static final int MAX_RETRY_SECONDS = 60;

    private final Shared shared;
    private final FairQueue queue;
    private final ToIntFunction<Principal> weights;
    private final long maxWaitNanos;
    private final StageResult full;
    private final StageResult keyFull;
    private final StageResult bodiesFull;
    private final ProxyError late;

    QueueStage(Shared shared) {
        QueueSettings settings = shared.settings.queue();
        this.shared = shared;
        this.queue = shared.queue;
        this.weights = shared.wiring.weights();
        this.maxWaitNanos = settings.maxWait().toNanos();
        this.full = new StageResult.Refuse(ProxyError.tryAgain(
                ErrorCode.QUEUE_FULL,
                "the model server is busy, and " + settings.waiting()
                        + " requests wait for it already, as many as may; try again later",
                retryAfter(settings, settings.waiting())));
        this.keyFull = new StageResult.Refuse(ProxyError.tryAgain(
                ErrorCode.QUEUE_FULL_KEY,
                "the model server is busy, and " + settings.waitingPerKey()
                        + " requests of this key wait for it already, as many as may; try again later",
                retryAfter(settings, settings.waitingPerKey())));
        this.bodiesFull = new StageResult.Refuse(ProxyError.tryAgain(
                ErrorCode.QUEUE_FULL_KEY,
                "the model server is busy, and as many large requests of this key wait for it already as may;"
                        + " try again later",
                retryAfter(settings, settings.waitingPerKey())));
        this.late = ProxyError.tryAgain(
                ErrorCode.QUEUE_TIMEOUT,
                "the model server had no place for this request within "
                        + settings.maxWait().toSeconds() + " seconds; try again later",
                retryAfter(settings, settings.waiting()));
    }

    @Override
    public @Nullable StageResult decide(Exchange exchange) {
        Endpoint endpoint = Objects.requireNonNull(exchange.endpoint);
        if (endpoint.group() != EndpointGroup.INFERENCE) {
            return StageResult.Proceed.INSTANCE;
        }
        Principal principal = Objects.requireNonNull(exchange.principal);
        QueueTicket ticket = queue.enter(
                principal.keyId(),
                Math.max(1, weights.applyAsInt(principal)),
                Math.max(1, exchange.holdings.demand.tokens()),
                exchange.policy.modelKey(),
                exchange.ctx().executor(),
                () -> turn(exchange));
        exchange.holdings.ticket = ticket;
        return switch (ticket.state()) {
            // Perhaps its turn has come since, by another thread: then the word of that finds it running.
            case RUNNING -> StageResult.Proceed.INSTANCE;
            case WAITING -> {
                long bytes = shared.waitingBodies.take(
                        principal.keyId(), exchange.intake().body().readableBytes());
                if (bytes < 0) {
                    yield bodiesFull;
                }
                exchange.holdings.waitingBytes = bytes;
                exchange.suspend(Deadline.Name.QUEUE, maxWaitNanos, late);
                yield StageResult.Suspend.INSTANCE;
            }
            case KEY_FULL -> keyFull;
            case FULL -> full;
            case GONE -> null;
        };
    }

    private void turn(Exchange exchange) {
        // While everything closes, one that leaves lets the next one in: that must not go out any more.
        if (waits(exchange) && !shared.closing) {
            exchange.resume(StageResult.Proceed.INSTANCE);
        }
    }

    /** Its body waits no more: it is sent, or the exchange is over. Idempotent. */
    static void leave(Exchange exchange) {
        Principal principal = exchange.principal;
        if (principal != null) {
            exchange.shared.waitingBodies.giveBack(principal.keyId(), exchange.holdings.waitingBytes);
            exchange.holdings.waitingBytes = 0;
        }
    }

    /** Whether it got its place, though the word of that has not come yet. */
    static boolean hasItsTurn(Exchange exchange) {
        QueueTicket ticket = exchange.holdings.ticket;
        return ticket != null && ticket.state() == QueueTicket.State.RUNNING && waits(exchange);
    }

    private static boolean waits(Exchange exchange) {
        return exchange.suspended() && exchange.deadline().name() == Deadline.Name.QUEUE;
    }

    // As if every place came free once a second: nobody knows, and it must not be for ever.
    private static int retryAfter(QueueSettings settings, int waiting) {
        return Math.min(MAX_RETRY_SECONDS, 1 + waiting / Math.max(1, settings.parallel()));
    }
}
