package dev.corral.core.exchange;

import dev.corral.core.body.BodyCollector;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.exchange.Deadlines.Deadline;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpContent;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Collects the body of a request that is forwarded whole; the head chain goes on when it is. Confined to one loop. */
final class BodyIntake {
    private final Exchange exchange;
    private @Nullable BodyCollector collector;

    BodyIntake(Exchange exchange) {
        this.exchange = exchange;
    }

    /** Asks for the body and waits for it. */
    void begin() {
        collector = new BodyCollector(
                exchange.shared.budget,
                Objects.requireNonNull(exchange.principal).keyId(),
                exchange.bodyLimit);
        exchange.sendContinueIfExpected();
        awaitMore();
    }

    /** Whether pieces of the body come here. */
    boolean active() {
        return collector != null && exchange.uncommitted();
    }

    /** Takes ownership. */
    void onContent(HttpContent content, boolean last) {
        BodyCollector.Verdict verdict;
        try {
            verdict = collector == null
                    ? BodyCollector.Verdict.OVER_BUDGET
                    : collector.add(content.content(), exchange.ctx().alloc());
        } finally {
            content.release();
        }
        switch (verdict) {
            case TOO_LARGE -> exchange.refuse(BodyStage.tooLarge(exchange.bodyLimit));
            case OVER_BUDGET ->
                exchange.refuse(ProxyError.tryAgain(
                        ErrorCode.OVERLOADED, "too many large requests at the moment; try again shortly", 2));
            case TAKEN -> {
                if (last) {
                    exchange.deadline().clear();
                    exchange.shared.chain.run(exchange);
                } else {
                    awaitMore();
                }
            }
        }
    }

    /** The body so far; borrowed. Empty where there is none. */
    ByteBuf body() {
        return collector == null ? Unpooled.EMPTY_BUFFER : collector.body();
    }

    /** Gives the body and its share of the budget back. Idempotent. */
    void release() {
        if (collector != null) {
            collector.release();
            collector = null;
        }
    }

    private void awaitMore() {
        exchange.deadline()
                .await(
                        Deadline.Name.BODY_PROGRESS,
                        exchange.shared.settings.timeouts().bodyProgress().toNanos());
    }
}
