package dev.corral.core.http2;

import dev.corral.core.Timeouts;
import dev.corral.core.exchange.Deadlines.Deadline;
import dev.corral.core.exchange.LoopContext;
import dev.corral.core.exchange.Shared;
import dev.corral.core.http.Drain;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last handler of a connection of HTTP/2: how long it lasts when no stream is open, and how it ends. Confined to its
 * event loop.
 */
final class FrontConnection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(FrontConnection.class);

    private final Shared shared;
    private final LoopContext loop;
    private final Set<Channel> streams = new HashSet<>();
    private @Nullable Deadline deadline;
    private @Nullable ChannelHandlerContext context;
    private boolean greeted;
    private boolean leaving;

    FrontConnection(Shared shared, LoopContext loop) {
        this.shared = shared;
        this.loop = loop;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        Deadline own = loop.deadlines().register(() -> expired(ctx));
        deadline = own;
        own.await(Deadline.Name.HEADERS, timeouts().headers().toNanos());
        ctx.writeAndFlush(
                new DefaultHttp2WindowUpdateFrame(Http2Pipeline.CONNECTION_WINDOW - Http2CodecUtil.DEFAULT_WINDOW_SIZE),
                ctx.voidPromise());
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        deadline().retire();
    }

    private Deadline deadline() {
        if (deadline == null) {
            throw new IllegalStateException("not connected");
        }
        return deadline;
    }

    private Timeouts timeouts() {
        return shared.settings().timeouts();
    }

    /** A stream begins. */
    void opened(Channel stream) {
        streams.add(stream);
        deadline().clear();
        stream.closeFuture().addListener(closed -> closed(stream));
    }

    private void closed(Channel stream) {
        streams.remove(stream);
        ChannelHandlerContext ctx = context;
        if (!streams.isEmpty() || ctx == null || !ctx.channel().isActive()) {
            return;
        }
        if (leaving || shared.draining()) {
            leave(ctx);
        } else {
            idle();
        }
    }

    private void idle() {
        deadline().await(Deadline.Name.KEEP_ALIVE, timeouts().keepAlive().toNanos());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof Http2SettingsFrame && !greeted) {
            greeted = true;
            if (streams.isEmpty()) {
                idle();
            }
        }
        ReferenceCountUtil.release(message);
    }

    /** The end of the process is near: the client opens no more streams here, those that are open are finished. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == Drain.BEGUN) {
            leave(ctx);
        }
    }

    private void leave(ChannelHandlerContext ctx) {
        if (!leaving) {
            leaving = true;
            ctx.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR), ctx.voidPromise());
        }
        if (streams.isEmpty()) {
            ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            deadline()
                    .await(Deadline.Name.CLIENT_STALL, timeouts().clientStall().toNanos());
        }
    }

    private void expired(ChannelHandlerContext ctx) {
        boolean unused = deadline().name() == Deadline.Name.KEEP_ALIVE;
        deadline().clear();
        if (unused) {
            leave(ctx);
        } else {
            ctx.close();
        }
    }

    /** A stream that is not read would not notice of its own. */
    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        deadline().retire();
        for (Channel stream : new ArrayList<>(streams)) {
            stream.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof Http2Exception) {
            // The codec says so to the client, and closes.
            return;
        }
        if (!(cause instanceof IOException) && !(cause.getCause() instanceof IOException)) {
            LOG.error("a client's connection failed", cause);
        }
        ctx.close();
    }
}
