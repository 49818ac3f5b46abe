package dev.corral.core.exchange;

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
 * What is answered without a key: preflights of allowed origins and, unless closed, liveness and the help page. Only the
 * page, which is long, takes from what strangers at one address may have: to refuse the others would cost as much as to
 * answer them, and browsers send preflights for callers whose keys are good.
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
                return preflight(headers);
            }
        }
        boolean reading = method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
        if (!shared.settings.anonymousLiveness() || !reading || exchange.hasBody()) {
            return StageResult.Proceed.INSTANCE;
        }
        if (exchange.endpoint == Endpoint.ROOT) {
            return RouteStage.liveness(exchange);
        }
        if (!exchange.path.equals(HelpPage.PATH) || shared.strangers.take(exchange.client) != null) {
            // Perhaps it has a key: then it is answered all the same, and else refused, in the next stages.
            return StageResult.Proceed.INSTANCE;
        }
        return new StageResult.Answer(Replies.text(
                exchange.ctx(),
                HttpResponseStatus.OK,
                Replies.HTML,
                HelpPage.html(exchange.view().query()),
                method.equals(HttpMethod.HEAD)));
    }

    private StageResult preflight(HttpHeaders request) {
        FullHttpResponse response = Replies.empty(HttpResponseStatus.NO_CONTENT);
        shared.cors.grantPreflight(response.headers(), request);
        return new StageResult.Answer(response);
    }
}
