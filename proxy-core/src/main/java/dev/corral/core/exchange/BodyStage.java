package dev.corral.core.exchange;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.Endpoint;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Decides about the body before asking for it, and collects the ones that are forwarded whole. */
final class BodyStage implements HeadStage {
    private static final StageResult UNEXPECTED =
            new StageResult.Refuse(new ProxyError(ErrorCode.BAD_FRAMING, "this endpoint takes no request body"));

    private final Shared shared;

    BodyStage(Shared shared) {
        this.shared = shared;
    }

    @Override
    public @Nullable StageResult decide(Exchange exchange) {
        Endpoint endpoint = Objects.requireNonNull(exchange.endpoint);
        if (!exchange.hasBody()) {
            return StageResult.Proceed.INSTANCE;
        }
        boolean upload = endpoint.body() == Endpoint.BodyKind.STREAMED
                && exchange.head.method().name().equals("POST");
        if (endpoint.body() == Endpoint.BodyKind.NONE || !upload && endpoint.body() == Endpoint.BodyKind.STREAMED) {
            return UNEXPECTED;
        }
        long limit = endpoint == Endpoint.BLOB
                ? shared.settings.limits().uploadBytes()
                : shared.settings.limits().bodyBytes();
        exchange.bodyLimit = limit;
        if (exchange.declaredLength() > limit) {
            return new StageResult.Refuse(tooLarge(limit));
        }
        if (upload) {
            return StageResult.Proceed.INSTANCE;
        }
        exchange.intake().begin();
        return StageResult.Suspend.INSTANCE;
    }

    static ProxyError tooLarge(long limit) {
        return new ProxyError(ErrorCode.BODY_TOO_LARGE, "the request body is larger than " + limit + " bytes");
    }
}
