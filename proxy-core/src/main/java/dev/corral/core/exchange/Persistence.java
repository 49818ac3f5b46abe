package dev.corral.core.exchange;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpUtil;

/** How a client's connection can go on after an exchange, as far as its request is concerned (RFC 9112 section 9.3). */
final class Persistence {
    // A new connection costs about as much as to read so many bytes for nothing.
    private static final int MAX_SKIPPED = 64 << 10;

    private Persistence() {}

    /** Whether the connection could be kept after the upstream's answer. */
    static boolean upstreamsAnswer(Exchange exchange) {
        return wanted(exchange)
                && (exchange.request == Half.DONE || !exchange.hasBody() && exchange.request == Half.OPEN);
    }

    /** Whether it could after an answer of Corral's own, for which nobody read the body. */
    static boolean ownAnswer(Exchange exchange) {
        ProxyError error = exchange.error;
        return (upstreamsAnswer(exchange) || wanted(exchange) && skippable(exchange))
                && (error == null || !error.code().closesClient());
    }

    /**
     * Whether the end of a body that was not to be streamed is known, and not far. Who waits for 100 (Continue) may send it or not (RFC 9110 section
     * 10.1.1): then it is not known.
     */
    private static boolean skippable(Exchange exchange) {
        long declared = exchange.declaredLength();
        boolean near = declared >= 0
                && declared <= MAX_SKIPPED
                && !exchange.head.headers().contains(HttpHeaderNames.EXPECT);
        return exchange.request == Half.OPEN && !exchange.upload.active() && (near || exchange.restHeld());
    }

    private static boolean wanted(Exchange exchange) {
        return HttpUtil.isKeepAlive(exchange.head)
                && !exchange.shared.draining
                && !exchange.head.method().equals(HttpMethod.CONNECT)
                && exchange.head.decoderResult().isSuccess();
    }

    /** Whether the client is in the middle of a request that nobody will read. */
    static boolean stillSending(Exchange exchange) {
        return exchange.request == Half.BROKEN || exchange.hasBody() && exchange.request == Half.OPEN;
    }

    /** Whether the end of the request is yet to come. */
    static boolean restToCome(Exchange exchange) {
        return stillSending(exchange) && !exchange.restHeld();
    }

    /** Whether what follows the head on the connection has no meaning any more. */
    static boolean unreadable(Exchange exchange) {
        ProxyError error = exchange.error;
        return error != null && error.code().closesClient() && error.code().fault() == ErrorCode.Fault.CLIENT;
    }
}
