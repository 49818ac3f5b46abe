package dev.corral.core.http2;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.exchange.LoopContext;
import dev.corral.core.exchange.Shared;
import dev.corral.core.http.FrontCodec;
import dev.corral.core.http.Peer;
import dev.corral.core.spi.Dialect;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.Metering;
import dev.corral.core.spi.Outcome;
import dev.corral.core.spi.Protocol;
import io.netty.handler.codec.http.HttpRequest;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a client did wrong where no exchange began that could tell of it. A request that cannot be read stands in metrics
 * and logs as HTTP/1.1's do. Confined to the connection's event loop.
 */
final class Complaints {
    private static final Logger LOG = LoggerFactory.getLogger(Complaints.class);
    private static final ProxyError MALFORMED = new ProxyError(ErrorCode.BAD_FRAMING, "the request is malformed");
    private static final ProxyError TOO_LARGE =
            new ProxyError(ErrorCode.HEADERS_TOO_LARGE, "the header section is too large");

    private final Shared shared;
    private final LoopContext loop;
    private final Peer peer;

    Complaints(Shared shared, LoopContext loop, Peer peer) {
        this.shared = shared;
        this.loop = loop;
        this.peer = peer;
    }

    /** The head of a request is malformed; its stream is reset without an answer. */
    void malformed() {
        unread(MALFORMED, 0);
    }

    /** The head of a request is larger than was decoded; the codec says so. */
    void tooLarge() {
        unread(TOO_LARGE, TOO_LARGE.code().status());
    }

    /** The connection is closed because of what came. */
    void closed(boolean flood) {
        tell(() -> shared.observer().http2Closed(peer.address(), flood));
    }

    private void unread(ProxyError why, int status) {
        HttpRequest head = FrontCodec.unreadRequest();
        ExchangeSummary summary = new ExchangeSummary(
                loop.ids().next(),
                loop.clock().epochMillis(),
                peer.address(),
                Protocol.HTTP_2,
                peer.secure(),
                head.method().name(),
                head.uri(),
                null,
                Dialect.ofPath(head.uri()),
                null,
                null,
                List.of(),
                status,
                why,
                Outcome.REFUSED,
                0,
                0,
                -1,
                0,
                0,
                0,
                Metering.NONE);
        tell(() -> shared.observer().finished(summary));
    }

    /** A failure of who listens must not become one of the connection. */
    private static void tell(Runnable what) {
        try {
            what.run();
        } catch (RuntimeException | Error e) {
            LOG.error("an observer failed", e);
        }
    }
}
