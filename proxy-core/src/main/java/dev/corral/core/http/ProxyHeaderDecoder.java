package dev.corral.core.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first handler of a connection that begins with a PROXY protocol header: waits for it, lets the rest of the pipeline
 * be made for the client that it names, and leaves. A connection that begins in another way, or not soon enough, is
 * closed. Confined to the connection's event loop.
 */
public final class ProxyHeaderDecoder extends ByteToMessageDecoder {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyHeaderDecoder.class);

    /** Goes on with the connection. */
    public interface Next {
        /**
         * The header has come: adds the handlers behind this one.
         *
         * @param client null where it names nobody
         * @return false to close the connection
         */
        boolean named(@Nullable InetAddress client);

        /** The connection began in another way, and is closed. */
        void refused();
    }

    private final Duration within;
    private final Next next;
    private @Nullable Future<?> deadline;

    public ProxyHeaderDecoder(Duration within, Next next) {
        this.within = within;
        this.next = next;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        // Whoever comes behind is told when it is there.
        deadline = ctx.executor().schedule(() -> refuse(ctx), within.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        ProxyHeader.Reading reading = ProxyHeader.read(in);
        if (reading instanceof ProxyHeader.Reading.Wrong) {
            in.skipBytes(in.readableBytes());
            refuse(ctx);
        } else if (reading instanceof ProxyHeader.Reading.Whole header) {
            cancel();
            if (next.named(header.client())) {
                ctx.fireChannelActive();
                // Passes on what has come behind the header.
                ctx.pipeline().remove(this);
            } else {
                in.skipBytes(in.readableBytes());
                ctx.close();
            }
        }
    }

    @Override
    protected void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        // Half a header is none, and nobody is there any more to read an answer.
        in.skipBytes(in.readableBytes());
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) {
        cancel();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        cancel();
        super.channelInactive(ctx);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("a client's connection failed", cause);
        }
        ctx.close();
    }

    private void refuse(ChannelHandlerContext ctx) {
        cancel();
        if (ctx.channel().isActive()) {
            next.refused();
            ctx.close();
        }
    }

    private void cancel() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }
}
