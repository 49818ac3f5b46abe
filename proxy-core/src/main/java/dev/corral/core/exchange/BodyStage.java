package dev.corral.core.exchange;

import dev.corral.core.body.BadBody;
import dev.corral.core.body.ZstdInflater;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.http.ContentCoding;
import dev.corral.core.spi.Endpoint;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Decides about the body before asking for it, and collects the ones that are forwarded whole. */
final class BodyStage implements HeadStage {
    static final ProxyError OVER_BUDGET =
            ProxyError.tryAgain(ErrorCode.OVERLOADED, "too many large requests at the moment; try again shortly", 2);

    private static final StageResult UNEXPECTED =
            new StageResult.Refuse(new ProxyError(ErrorCode.BAD_FRAMING, "this endpoint takes no request body"));
    private static final StageResult QUERY = new StageResult.Refuse(new ProxyError(
            ErrorCode.AMBIGUOUS_BODY,
            "this endpoint takes no query string: Ollama would read the model from it instead of from the form"));
    private static final StageResult ENCODED = unsupported("identity");
    private static final StageResult ENCODED_NOT_ZSTD = unsupported("zstd, identity");
    private static final StageResult FULL = new StageResult.Refuse(OVER_BUDGET);

    private final Shared shared;

    BodyStage(Shared shared) {
        this.shared = shared;
    }

    @Override
    public @Nullable StageResult decide(Exchange exchange) {
        Endpoint endpoint = Objects.requireNonNull(exchange.endpoint);
        if (endpoint == Endpoint.TRANSCRIPTIONS && exchange.head.uri().indexOf('?') >= 0) {
            return QUERY;
        }
        if (!exchange.hasBody()) {
            return StageResult.Proceed.INSTANCE;
        }
        boolean upload = endpoint.body() == Endpoint.BodyKind.STREAMED
                && exchange.head.method().name().equals("POST");
        if (endpoint.body() == Endpoint.BodyKind.NONE || !upload && endpoint.body() == Endpoint.BodyKind.STREAMED) {
            return UNEXPECTED;
        }
        ContentCoding coding = ContentCoding.of(exchange.head.headers(), endpoint);
        if (coding == null) {
            return ContentCoding.zstd(endpoint) ? ENCODED_NOT_ZSTD : ENCODED;
        }
        if (coding == ContentCoding.ZSTD && !ZstdInflater.available()) {
            return ENCODED;
        }
        long limit = endpoint == Endpoint.BLOB
                ? shared.settings.limits().uploadBytes()
                : shared.settings.limits().bodyBytes();
        if (coding == ContentCoding.ZSTD) {
            limit = Math.min(limit, ZstdInflater.MAX_DECODED);
        }
        exchange.bodyLimit = limit;
        if (exchange.declaredLength() > limit) {
            return new StageResult.Refuse(tooLarge(limit));
        }
        if (endpoint.body() == Endpoint.BodyKind.FORM) {
            return form(exchange);
        }
        if (upload) {
            return StageResult.Proceed.INSTANCE;
        }
        return exchange.intake().begin(coding) ? StageResult.Suspend.INSTANCE : FULL;
    }

    private static StageResult form(Exchange exchange) {
        try {
            return exchange.intake().begin(new FormIntake(exchange.head.headers()))
                    ? StageResult.Suspend.INSTANCE
                    : FULL;
        } catch (BadBody e) {
            return new StageResult.Refuse(e.error());
        }
    }

    static ProxyError tooLarge(long limit) {
        return new ProxyError(ErrorCode.BODY_TOO_LARGE, "the request body is larger than " + limit + " bytes");
    }

    // RFC 9110 section 15.5.16: Accept-Encoding tells what would have been accepted.
    private static StageResult unsupported(String accepted) {
        return new StageResult.Refuse(new ProxyError(
                ErrorCode.UNSUPPORTED_ENCODING,
                "the request body's Content-Encoding is not accepted here (expected: none, " + accepted + ")",
                Map.of("Accept-Encoding", accepted)));
    }
}
