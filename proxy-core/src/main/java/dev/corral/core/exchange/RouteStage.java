package dev.corral.core.exchange;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.http.HelpPage;
import dev.corral.core.http.Replies;
import dev.corral.core.spi.Endpoint;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tells an authenticated caller what does not exist, or not with this method, or not from this web page. */
final class RouteStage implements HeadStage {
    private static final StageResult UNKNOWN = new StageResult.Refuse(
            new ProxyError(ErrorCode.UNKNOWN_ENDPOINT, "there is no such endpoint; paths are case-sensitive"));

    private static final StageResult FORBIDDEN_ORIGIN = new StageResult.Refuse(new ProxyError(
            ErrorCode.FORBIDDEN_ORIGIN, "pages of this origin may not call; the operator can add it to cors.origins"));

    private final Map<Endpoint, StageResult> wrongMethod = new EnumMap<>(Endpoint.class);

    private final OwnKey ownKey;

    RouteStage(Shared shared) {
        this.ownKey = new OwnKey(shared);
        for (Endpoint endpoint : Endpoint.values()) {
            wrongMethod.put(endpoint, new StageResult.Refuse(ProxyError.methodNotAllowed(endpoint.methods())));
        }
    }

    @Override
    public @Nullable StageResult decide(Exchange exchange) {
        if (exchange.originForbidden) {
            return FORBIDDEN_ORIGIN;
        }
        Endpoint endpoint = exchange.endpoint;
        if (endpoint == null && exchange.path.equals(OwnKey.PATH)) {
            return ownKey.decide(exchange);
        }
        if (endpoint == null) {
            return exchange.path.equals(HelpPage.PATH) && exchange.head.method().equals(HttpMethod.GET)
                    ? page(exchange)
                    : UNKNOWN;
        }
        return endpoint.methods().contains(exchange.head.method().name())
                ? StageResult.Proceed.INSTANCE
                : wrongMethod.get(endpoint);
    }

    /** Corral's own answer to {@code HEAD /} and {@code GET /}; it does not say what is behind. */
    static StageResult liveness(Exchange exchange) {
        boolean bodiless = exchange.head.method().equals(HttpMethod.HEAD);
        return new StageResult.Answer(
                Replies.text(exchange.ctx(), HttpResponseStatus.OK, Replies.TEXT, "Corral is running\n", bodiless));
    }

    private static StageResult page(Exchange exchange) {
        String page = HelpPage.html(exchange.view().query());
        return new StageResult.Answer(Replies.text(exchange.ctx(), HttpResponseStatus.OK, Replies.HTML, page, false));
    }
}
