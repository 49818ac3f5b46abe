package dev.corral.core.exchange;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.exchange.Deadlines.Deadline;
import dev.corral.core.http.Peer;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last handler of a stream of HTTP/2: makes one exchange of its request, and ends the stream in the way that its
 * response calls for. Confined to the connection's event loop.
 */
public final class StreamHandler extends ChannelInboundHandlerAdapter implements Front {
    private static final Logger LOG = LoggerFactory.getLogger(StreamHandler.class);
    private static final ProxyError MALFORMED = new ProxyError(ErrorCode.BAD_FRAMING, "the request is malformed");

    /** Written as the last thing of a stream. */
    public enum End {
        /** The response is whole; what may still come of the request is not wanted. */
        WHOLE,
        /** The response is broken off, after what was written. */
        BROKEN,
        /** The client does not take what was written. */
        STALLED
    }

    /** Told by the stream's codec: the rest of the request will not come. */
    public enum Cancel {
        /** The client has withdrawn it. */
        BY_CLIENT,
        /** What came of it is malformed, and the stream is about to be reset. */
        MALFORMED
    }

    private final Shared shared;
    private final LoopContext loop;
    private final Peer peer;
    private @Nullable FrontLink link;
    private @Nullable Exchange exchange;
    private End end = End.WHOLE;
    private boolean begun;
    private boolean gone;

    public StreamHandler(Shared shared, LoopContext loop, Peer peer) {
        this.shared = shared;
        this.loop = loop;
        this.peer = peer;
    }

    @Override
    public FrontLink link() {
        FrontLink made = link;
        if (made == null) {
            throw new IllegalStateException("not connected");
        }
        return made;
    }

    /** Nothing: the connection has other streams, and is told by GOAWAY that it ends. */
    @Override
    public void closeAfterResponse() {}

    /** A stream's end is never mistaken for another: both ways are a reset. */
    @Override
    public void abortAfterFlush(boolean visiblyOnlyByReset) {
        end = End.BROKEN;
    }

    @Override
    public void cut() {
        end = End.STALLED;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        link = new FrontLink(ctx, peer, loop.deadlines().register(this::expired), true);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        link().deadline().retire();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        link().readBegins();
        if (message instanceof HttpRequest head && !begun) {
            begun = true;
            Exchange only = new Exchange(shared, loop, this, head);
            exchange = only;
            only.start();
        } else if (exchange != null && exchange.expectsContent() && message instanceof HttpContent content) {
            exchange.onContent(content);
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void exchangeFinished(Exchange finished) {
        if (exchange != finished) {
            return;
        }
        exchange = null;
        if (gone || !link().isActive()) {
            return;
        }
        ChannelFuture response = link().last();
        if (end == End.WHOLE && (response == null || response.isDone())) {
            end(End.WHOLE);
            return;
        }
        // The end of a drain waits for what is on its way.
        shared.ending.incrementAndGet();
        link().channel().closeFuture().addListener(closed -> shared.ending.decrementAndGet());
        link().deadline()
                .await(
                        Deadline.Name.CLIENT_STALL,
                        shared.settings.timeouts().clientStall().toNanos());
        if (end == End.WHOLE && response != null) {
            response.addListener(written -> end(End.WHOLE));
        } else {
            end(end);
        }
    }

    private void end(End how) {
        link().writeEnd(how);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        link().readEnds();
        if (exchange != null) {
            exchange.onFrontReadComplete();
        }
        link().flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        boolean writable = link().writabilityChanged();
        if (exchange != null) {
            exchange.onFrontWritability(writable);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == Cancel.BY_CLIENT) {
            leave();
        } else if (event == Cancel.MALFORMED) {
            gone = true;
            if (exchange != null) {
                exchange.broken(MALFORMED);
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        leave();
        link().deadline().retire();
    }

    private void leave() {
        gone = true;
        if (exchange != null) {
            exchange.clientGone();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException) && !(cause.getCause() instanceof IOException)) {
            LOG.error("a stream of a client's connection failed", cause);
        }
        ctx.close();
    }

    private void expired() {
        Deadline.Name name = link().deadline().name();
        if (exchange != null) {
            exchange.expired(name);
        } else {
            link().deadline().clear();
            end(End.STALLED);
        }
    }
}
