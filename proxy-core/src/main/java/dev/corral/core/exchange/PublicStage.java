package dev.corral.core.exchange;

import dev.corral.core.error.ProxyError;
import dev.corral.core.http.HelpPage;
import dev.corral.core.http.Replies;
import dev.corral.core.spi.Endpoint;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.jspecify.annotations.Nullable;

/**
 * What is answered without a key: preflights of allowed origins and, unless closed, liveness and the help page; each only
 * so often from one address.
 */
final class PublicStage implements HeadStage {
    private final Shared shared;

    PublicStage(Shared shared) {
        this.shared = shared;
    }

    @Override
    public @Nullable StageResult decide(Exchange exchange) {
        HttpHeaders headers = exchange.head.headers();
        HttpMethod method = exchange.head.method();
        String origin = headers.get(HttpHeaderNames.ORIGIN);
        if (origin != null && !origin.isEmpty()) {
            String host = headers.get(HttpHeaderNames.HOST);
            if (!shared.cors.allows(origin, host == null ? "" : host)) {
                exchange.originForbidden = true;
                return StageResult.Proceed.INSTANCE;
            }
            exchange.corsOrigin = origin;
            if (method.equals(HttpMethod.OPTIONS) && headers.contains(HttpHeaderNames.ACCESS_CONTROL_REQUEST_METHOD)) {
                ProxyError tooMany = shared.strangers.take(exchange.front().clientAddress());
                return tooMany == null ? preflight(headers) : new StageResult.Refuse(tooMany);
            }
        }
        boolean reading = method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
        if (!shared.settings.anonymousLiveness() || !reading || exchange.hasBody()) {
            return StageResult.Proceed.INSTANCE;
        }
        boolean liveness = exchange.endpoint == Endpoint.ROOT;
        if (!liveness && !exchange.path.equals(HelpPage.PATH)
                || shared.strangers.take(exchange.front().clientAddress()) != null) {
            // Perhaps it has a key: then it is answered all the same, and else refused, in the next stages.
            return StageResult.Proceed.INSTANCE;
        }
        if (liveness) {
            return RouteStage.liveness(exchange);
        }
        return new StageResult.Answer(Replies.text(
                exchange.ctx(), HttpResponseStatus.OK, Replies.HTML, HelpPage.HTML, method.equals(HttpMethod.HEAD)));
    }

    private StageResult preflight(HttpHeaders request) {
        FullHttpResponse response = Replies.empty(HttpResponseStatus.NO_CONTENT);
        shared.cors.grantPreflight(response.headers(), request);
        return new StageResult.Answer(response);
    }
}
