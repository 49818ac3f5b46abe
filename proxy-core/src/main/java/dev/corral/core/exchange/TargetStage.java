package dev.corral.core.exchange;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.http.CanonicalTarget;
import dev.corral.core.http.PathToken;
import dev.corral.core.spi.Dialect;
import io.netty.handler.codec.http.HttpHeaderNames;
import org.jspecify.annotations.Nullable;

/** Finds the canonical path and the endpoint; whether there is one is told only to an authenticated caller. */
final class TargetStage implements HeadStage {
    private final Shared shared;
    private final StageResult badTarget = new StageResult.Refuse(new ProxyError(
            ErrorCode.BAD_TARGET,
            "the request target must be a plain path: no percent-encoding, empty or dot segments, parameters"));
    private final StageResult tooLong;

    TargetStage(Shared shared) {
        this.shared = shared;
        int limit = shared.settings.limits().targetBytes();
        this.tooLong = new StageResult.Refuse(
                new ProxyError(ErrorCode.URI_TOO_LONG, "the request target is longer than " + limit + " bytes"));
    }

    @Override
    public @Nullable StageResult decide(Exchange exchange) {
        String target = exchange.head.uri();
        if (target.length() > shared.settings.limits().targetBytes()) {
            return tooLong;
        }
        if (exchange.pathToken != null && !PathToken.plain(exchange.pathToken)) {
            return badTarget;
        }
        // A server-wide OPTIONS asks about no resource (RFC 9110 section 9.3.7); it is no route here either.
        boolean serverWide = target.equals("*") && exchange.head.method().name().equals("OPTIONS");
        String path = serverWide
                ? target
                : CanonicalTarget.path(target, exchange.head.headers().get(HttpHeaderNames.HOST));
        if (path == null) {
            return badTarget;
        }
        exchange.path = path;
        exchange.endpoint = shared.routes.find(path);
        exchange.dialect = exchange.endpoint == null ? Dialect.ofPath(path) : exchange.endpoint.dialect();
        return StageResult.Proceed.INSTANCE;
    }
}
