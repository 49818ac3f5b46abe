package dev.corral.core.exchange;

import dev.corral.core.error.ProxyError;
import dev.corral.core.http.CorsPolicy;
import dev.corral.core.http.ErrorBody;
import dev.corral.core.http.HelpPage;
import dev.corral.core.http.Replies;
import dev.corral.core.spi.Dialect;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/** What every response of Corral carries, and what a refusal looks like. */
final class ResponseHeads {
    private static final AsciiString REQUEST_ID = AsciiString.cached("x-request-id");
    // The name Anthropic's SDKs look for.
    private static final AsciiString ANTHROPIC_REQUEST_ID = AsciiString.cached("request-id");
    private static final AsciiString CODE = AsciiString.cached("x-corral-code");

    private ResponseHeads() {}

    /** Adds the request id, CORS and the fate of the connection. */
    static void complete(Exchange exchange, HttpResponse response, boolean keep) {
        response.headers().set(REQUEST_ID, exchange.id);
        if (exchange.dialect == Dialect.ANTHROPIC) {
            response.headers().set(ANTHROPIC_REQUEST_ID, exchange.id);
        }
        if (exchange.corsOrigin != null) {
            CorsPolicy.grant(response.headers(), exchange.corsOrigin);
        }
        if (!keep) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (!exchange.version11()) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
    }

    /** A refusal in the caller's dialect; owned by the caller. */
    static FullHttpResponse refusal(Exchange exchange, ProxyError error) {
        String body = ErrorBody.render(error, exchange.dialect, exchange.id, signinUrl(exchange, error));
        FullHttpResponse response = Replies.text(
                exchange.ctx(),
                HttpResponseStatus.valueOf(error.code().status()),
                Replies.JSON,
                body,
                exchange.head.method().equals(HttpMethod.HEAD));
        response.headers().set(CODE, error.code().publicLabel());
        error.headers().forEach(response.headers()::set);
        return response;
    }

    private static @Nullable String signinUrl(Exchange exchange, ProxyError error) {
        if (!error.code().unauthenticated() || exchange.dialect != Dialect.NATIVE) {
            return null;
        }
        String publicUrl = exchange.shared.settings.publicUrl();
        if (publicUrl != null) {
            return publicUrl + HelpPage.PATH;
        }
        // The Host was checked to be one plain name or address; it goes back only to who sent it.
        String host = exchange.head.headers().get(HttpHeaderNames.HOST);
        return host == null || !exchange.shared.settings.anonymousLiveness() ? null : "http://" + host + HelpPage.PATH;
    }
}
