package dev.corral.core.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection whose peer is still sending. Closing at once would make the kernel answer with a reset, which
 * can destroy the response on its way; so our side is closed first and what still comes is thrown away, within bounds
 * of bytes and time, unparsed.
 */
public final class LingeringClose extends ChannelInboundHandlerAdapter {
    private static final long MAX_BYTES = 1 << 20;

    private long left = MAX_BYTES;

    private LingeringClose() {}

    /**
     * Begins. The pipeline's other handlers are removed: nothing that arrives is looked at any more.
     *
     * @param channel on whose event loop this is called
     * @param written the future of the last thing written
     * @param limit the longest time
     */
    public static void begin(Channel channel, ChannelFuture written, Duration limit) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            written.addListener(done -> linger(channel, done.isSuccess(), limit));
        } else {
            // That this is the end is the last thing that can be said in TLS.
            written.addListener(
                    done -> tls.closeOutbound().addListener(said -> linger(channel, said.isSuccess(), limit)));
        }
    }

    private static void linger(Channel channel, boolean written, Duration limit) {
        if (!channel.isActive()) {
            return;
        }
        if (!(channel instanceof DuplexChannel duplex) || !written) {
            channel.close();
            return;
        }
        replaceHandlers(channel.pipeline());
        duplex.shutdownOutput();
        channel.config().setAutoRead(true);
        channel.eventLoop().schedule(() -> channel.close(), limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void replaceHandlers(ChannelPipeline pipeline) {
        List<ChannelHandler> others = new ArrayList<>(pipeline.toMap().values());
        pipeline.addLast(new LingeringClose());
        // From the last to the first: a decoder that is removed hands on what it held to the next handler.
        for (int i = others.size() - 1; i >= 0; i--) {
            pipeline.remove(others.get(i));
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof ByteBuf bytes) {
            left -= bytes.readableBytes();
        }
        ReferenceCountUtil.release(message);
        if (left < 0) {
            ctx.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
