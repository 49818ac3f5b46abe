package dev.corral.core.exchange;

import dev.corral.core.exchange.Deadlines.Deadline;
import dev.corral.core.http.FlowGate;
import dev.corral.core.http.Peer;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
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

    /** Written as the last thing of a stream. */
    public enum End {
        /** The response is whole; what may still come of the request is not wanted. */
        WHOLE,
        /** The response is broken off, after what was written. */
        BROKEN,
        /** The client does not take what was written. */
        STALLED
    }

    /** Told by the stream's codec: the client has withdrawn its request. */
    public enum Cancel {
        BY_CLIENT
    }

    private final Shared shared;
    private final LoopContext loop;
    private final Peer peer;
    private @Nullable ChannelHandlerContext context;
    private @Nullable FlowGate gate;
    private @Nullable Deadline deadline;
    private @Nullable Exchange exchange;
    private @Nullable ChannelFuture last;
    private End end = End.WHOLE;
    private boolean begun;
    private boolean gone;
    private boolean reading;
    private boolean unflushed;

    public StreamHandler(Shared shared, LoopContext loop, Peer peer) {
        this.shared = shared;
        this.loop = loop;
        this.peer = peer;
    }

    @Override
    public ChannelHandlerContext ctx() {
        return present(context);
    }

    @Override
    public FlowGate gate() {
        return present(gate);
    }

    @Override
    public Deadline deadline() {
        return present(deadline);
    }

    @Override
    public Peer peer() {
        return peer;
    }

    @Override
    public boolean isWritable() {
        return ctx().channel().isWritable();
    }

    @Override
    public void write(Object message) {
        unflushed = true;
        if (message instanceof LastHttpContent) {
            last = ctx().write(message);
        } else {
            ctx().write(message, ctx().voidPromise());
        }
    }

    @Override
    public void write(Object message, Runnable done) {
        unflushed = true;
        ctx().write(message).addListener(written -> done.run());
    }

    @Override
    public void flushSoon() {
        if (!reading) {
            flush();
        }
    }

    @Override
    public void flush() {
        if (unflushed) {
            unflushed = false;
            ctx().flush();
        }
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
        context = ctx;
        gate = new FlowGate(ctx.channel());
        deadline = loop.deadlines().register(this::expired);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        deadline().retire();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        reading = true;
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
        if (gone || !ctx().channel().isActive()) {
            return;
        }
        ChannelFuture response = last;
        if (end == End.WHOLE && (response == null || response.isDone())) {
            end(End.WHOLE);
            return;
        }
        // The end of a drain waits for what is on its way.
        shared.ending.incrementAndGet();
        ctx().channel().closeFuture().addListener(closed -> shared.ending.decrementAndGet());
        deadline()
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
        unflushed = false;
        ctx().writeAndFlush(how, ctx().voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        reading = false;
        if (exchange != null) {
            exchange.onFrontReadComplete();
        }
        flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (!ctx.channel().isWritable()) {
            unflushed = false;
            ctx.flush();
        }
        if (exchange != null) {
            exchange.onFrontWritability(ctx.channel().isWritable());
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == Cancel.BY_CLIENT) {
            leave();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        leave();
        deadline().retire();
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
        Deadline.Name name = deadline().name();
        if (exchange != null) {
            exchange.expired(name);
        } else {
            deadline().clear();
            end(End.STALLED);
        }
    }

    private static <T> T present(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("not connected");
        }
        return value;
    }
}
