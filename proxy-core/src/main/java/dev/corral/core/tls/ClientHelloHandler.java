package dev.corral.core.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslClientHelloHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Waits for the first message of a handshake and hands the connection over to the certificate that it asks for. */
final class ClientHelloHandler extends SslClientHelloHandler<ClientHello> {
    // With key shares after quantum computers about 2 KiB.
    private static final int MAX_HELLO = 16 << 10;
    // A fatal alert, no_application_protocol (RFC 7301 section 3.2).
    private static final byte[] NO_PROTOCOL = {21, 3, 3, 0, 2, 2, 120};

    private final TlsContexts contexts;

    ClientHelloHandler(TlsContexts contexts) {
        super(MAX_HELLO);
        this.contexts = contexts;
    }

    @Override
    protected Future<ClientHello> lookup(ChannelHandlerContext ctx, @Nullable ByteBuf hello) {
        ClientHello parsed = hello == null ? null : ClientHello.parse(hello);
        // What is no such message fails in the handshake that follows.
        return ctx.executor().newSucceededFuture(parsed == null ? ClientHello.EMPTY : parsed);
    }

    @Override
    protected void onLookupComplete(ChannelHandlerContext ctx, Future<ClientHello> future) {
        ClientHello hello = future.getNow();
        List<String> offered = hello.protocols();
        if (!offered.isEmpty() && offered.stream().noneMatch(contexts::speaks)) {
            // Going on would let another protocol's client take our certificate for its own server's.
            ctx.writeAndFlush(Unpooled.wrappedBuffer(NO_PROTOCOL)).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        SslHandler handler = contexts.handler(hello, ctx.alloc());
        if (handler == null) {
            ctx.close();
            return;
        }
        ctx.pipeline().replace(this, null, handler);
    }
}
