package dev.corral.core.tls;

import dev.corral.core.http.LingeringClose;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslClientHelloHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Waits for the first message of a handshake and hands the connection over to the certificate that it asks for. */
final class ClientHelloHandler extends SslClientHelloHandler<ClientHello> {
    // With key shares after quantum computers about 2 KiB.
    private static final int MAX_HELLO = 16 << 10;
    // A fatal alert, no_application_protocol (RFC 7301 section 3.2).
    private static final byte[] NO_PROTOCOL = {21, 3, 3, 0, 2, 2, 120};

    private static final String HINT = "this is an https listener: use an https:// URL\n";
    private static final byte[] PLAIN = ("HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\n"
                    + "connection: close\r\ncontent-length: " + HINT.length() + "\r\n\r\n" + HINT)
            .getBytes(StandardCharsets.US_ASCII);
    private static final Duration LINGER = Duration.ofSeconds(1);

    private final TlsContexts contexts;
    private boolean plain;

    ClientHelloHandler(TlsContexts contexts) {
        super(MAX_HELLO);
        this.contexts = contexts;
    }

    /** Every method of HTTP begins with such a letter, and no record of TLS does. */
    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        int first = in.getUnsignedByte(in.readerIndex());
        if (!plain && (first < 'A' || first > 'Z')) {
            super.decode(ctx, in, out);
            return;
        }
        in.skipBytes(in.readableBytes());
        if (!plain) {
            plain = true;
            LingeringClose.begin(ctx.channel(), ctx.writeAndFlush(Unpooled.wrappedBuffer(PLAIN)), LINGER);
        }
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
