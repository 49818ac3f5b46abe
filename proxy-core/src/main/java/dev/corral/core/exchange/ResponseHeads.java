package dev.corral.core.exchange;

import dev.corral.core.error.ProxyError;
import dev.corral.core.http.CorsPolicy;
import dev.corral.core.http.ErrorBody;
import dev.corral.core.http.HelpPage;
import dev.corral.core.http.Replies;
import dev.corral.core.spi.Dialect;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What every response of Corral carries, and what a refusal looks like. */
final class ResponseHeads {
    private static final AsciiString REQUEST_ID = AsciiString.cached("x-request-id");
    // The name Anthropic's SDKs look for.
    private static final AsciiString ANTHROPIC_REQUEST_ID = AsciiString.cached("request-id");
    private static final AsciiString CHANGES = AsciiString.cached("x-corral-changes");
    // As Go writes them, and as they pass.
    private static final AsciiString UPSTREAM_CONTENT_TYPE = AsciiString.cached("Content-Type");
    private static final AsciiString UPSTREAM_DATE = AsciiString.cached("Date");
    private static final AsciiString QUEUE_POSITION = AsciiString.cached("x-corral-queue-position");
    private static final AsciiString QUEUE_WAIT = AsciiString.cached("x-corral-queue-wait");
    private static final AsciiString CODE = AsciiString.cached("x-corral-code");

    private ResponseHeads() {}

    /** Asks for the body, only now that the request is admitted. */
    static void sendContinueIfExpected(Exchange exchange) {
        if (version11(exchange) && exchange.head.headers().contains(HttpHeaderNames.EXPECT)) {
            exchange.ctx().writeAndFlush(Replies.empty(HttpResponseStatus.CONTINUE));
        }
    }

    /** Adds the date, the request id, CORS, how long the request waited and the fate of the connection. */
    static void complete(Exchange exchange, HttpResponse response, boolean keep) {
        if (!response.headers().contains(HttpHeaderNames.DATE)) {
            response.headers().set(HttpHeaderNames.DATE, exchange.loop.date().at(exchange.startedMillis));
        }
        // One that is there already is another Corral's, whose log has it.
        if (exchange.shared.upstream.remote() == null || !response.headers().contains(REQUEST_ID)) {
            response.headers().set(REQUEST_ID, exchange.id);
            if (exchange.dialect == Dialect.ANTHROPIC) {
                response.headers().set(ANTHROPIC_REQUEST_ID, exchange.id);
            }
        }
        if (exchange.corsOrigin != null) {
            CorsPolicy.grant(response.headers(), exchange.corsOrigin);
        }
        tellWait(exchange, response);
        if (!keep) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (!version11(exchange)) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
    }

    /** Not with a 404: only a model that the role opens is waited for, and that must not show (ADR 10). */
    private static void tellWait(Exchange exchange, HttpResponse response) {
        if (exchange.holdings.queued() && response.status().code() != 404) {
            long millis = TimeUnit.NANOSECONDS.toMillis(exchange.holdings.queuedNanos());
            response.headers()
                    .setInt(QUEUE_POSITION, exchange.holdings.queuePosition())
                    .set(QUEUE_WAIT, Long.toString(millis));
        }
    }

    /** A refusal in the caller's dialect; owned by the caller. */
    static FullHttpResponse refusal(Exchange exchange, ProxyError error) {
        if (error.code().disguised()) {
            return disguised(exchange, error);
        }
        String body = ErrorBody.render(error, exchange.dialect, exchange.id, signinUrl(exchange, error));
        FullHttpResponse response = Replies.text(
                exchange.ctx(),
                HttpResponseStatus.valueOf(error.code().status()),
                Replies.JSON,
                body,
                exchange.head.method().equals(HttpMethod.HEAD));
        String label = error.code().publicLabel();
        if (label != null) {
            response.headers().set(CODE, label);
        }
        error.headers().forEach(response.headers()::set);
        return response;
    }

    /** The same bytes as when Ollama gives that answer itself and it passes: fields, their order and their spelling. */
    private static FullHttpResponse disguised(Exchange exchange, ProxyError error) {
        boolean plain = exchange.dialect == Dialect.NATIVE;
        String body = ErrorBody.render(error, exchange.dialect, upstreamRequestId(), null);
        FullHttpResponse response =
                Replies.empty(HttpResponseStatus.valueOf(error.code().status()));
        response = response.replace(ByteBufUtil.writeAscii(exchange.ctx().alloc(), body));
        response.headers()
                .set(UPSTREAM_CONTENT_TYPE, plain ? Replies.JSON : HttpHeaderValues.APPLICATION_JSON)
                .set(UPSTREAM_DATE, exchange.loop.date().at(exchange.startedMillis))
                .setInt(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
        return response;
    }

    // Ollama anthropic/anthropic.go:generateID
    private static String upstreamRequestId() {
        byte[] random = new byte[12];
        ThreadLocalRandom.current().nextBytes(random);
        return "req_" + ByteBufUtil.hexDump(random);
    }

    /**
     * Tells what policy changed in the request; not with an error, or a model that does not exist could be told from one
     * that is kept from the caller.
     */
    static void tellChanges(Exchange exchange, HttpResponse response) {
        if (exchange.shared.settings.showChanges()
                && !exchange.policy.changes.isEmpty()
                && response.status().code() < 400) {
            response.headers().set(CHANGES, exchange.policy.told());
        }
    }

    private static @Nullable String signinUrl(Exchange exchange, ProxyError error) {
        if (!error.code().unauthenticated() || exchange.dialect != Dialect.NATIVE) {
            return null;
        }
        String publicUrl = exchange.shared.settings.publicUrl();
        if (publicUrl != null) {
            return publicUrl + HelpPage.path(error.help());
        }
        // The Host was checked to be one plain name or address; it goes back only to who sent it.
        String host = exchange.head.headers().get(HttpHeaderNames.HOST);
        if (host == null || !exchange.shared.settings.anonymousLiveness()) {
            return null;
        }
        return (exchange.link().peer().secure() ? "https://" : "http://") + host + HelpPage.path(error.help());
    }

    /** Whether the client speaks HTTP/1.1, or HTTP/2, which here is read as that. */
    static boolean version11(Exchange exchange) {
        return exchange.head.protocolVersion().equals(HttpVersion.HTTP_1_1);
    }
}
