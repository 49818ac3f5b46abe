package dev.corral.core.exchange;

import dev.corral.core.admit.FairQueue;
import dev.corral.core.admit.OwnKeyLimit;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.http.Replies;
import dev.corral.core.spi.Accounts;
import dev.corral.core.spi.Principal;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code GET /-/me}: tells a caller about its own key. Counts on none of its limits, but has a rate of its own. */
final class OwnKey {
    /** Where it is; no path of Ollama's begins like this. */
    static final String PATH = "/-/me";

    private static final Logger LOG = LoggerFactory.getLogger(OwnKey.class);
    private static final StageResult WRONG_METHOD = new StageResult.Refuse(ProxyError.methodNotAllowed(List.of("GET")));
    private static final StageResult BODY =
            new StageResult.Refuse(new ProxyError(ErrorCode.BAD_FRAMING, "this endpoint takes no request body"));
    private static final StageResult UNKNOWN = new StageResult.Refuse(LimitStage.UNKNOWN);

    private final Accounts accounts;
    private final FairQueue queue;
    private final OwnKeyLimit limit;

    OwnKey(Shared shared) {
        this.accounts = shared.wiring.accounts();
        this.queue = shared.queue;
        this.limit = new OwnKeyLimit(shared.wiring.clock());
    }

    StageResult decide(Exchange exchange) {
        if (!exchange.head.method().equals(HttpMethod.GET)) {
            return WRONG_METHOD;
        }
        if (exchange.hasBody()) {
            return BODY;
        }
        Principal principal = Objects.requireNonNull(exchange.principal);
        ProxyError tooMany = limit.take(principal.keyId());
        if (tooMany != null) {
            return new StageResult.Refuse(tooMany);
        }
        try {
            var unused = accounts.describe(principal, queue.standing(principal.keyId()))
                    .whenComplete((text, failure) ->
                            exchange.ctx().executor().execute(() -> resume(exchange, text, failure)));
        } catch (RuntimeException e) {
            LOG.error("{} a key could not be described", exchange.id, e);
            return UNKNOWN;
        }
        // The answer comes by way of the loop, so not before.
        exchange.suspend(LimitStage.UNKNOWN);
        return StageResult.Suspend.INSTANCE;
    }

    private static void resume(Exchange exchange, @Nullable String text, @Nullable Throwable failure) {
        if (!exchange.suspended()) {
            return;
        }
        if (text == null) {
            LOG.warn("{} a key could not be described: {}", exchange.id, String.valueOf(failure));
            exchange.resume(UNKNOWN);
            return;
        }
        FullHttpResponse response = Replies.text(exchange.ctx(), HttpResponseStatus.OK, Replies.JSON, text, false);
        response.headers().set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE);
        exchange.resume(new StageResult.Answer(response));
    }
}
