package dev.corral.core.tls;

import dev.corral.core.spi.PeerCertificate;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Holds a connection while its client's certificate is checked elsewhere, since signature checks take longer than an
 * event loop has. Nothing is read meanwhile; what came with the end of the handshake waits.
 */
final class TrustCheck extends ChannelInboundHandlerAdapter {
    private final TlsContexts contexts;
    private final List<X509Certificate> chain;
    private final Consumer<PeerCertificate> then;
    private final Queue<Object> held = new ArrayDeque<>();

    TrustCheck(TlsContexts contexts, List<X509Certificate> chain, Consumer<PeerCertificate> then) {
        this.contexts = contexts;
        this.chain = chain;
        this.then = then;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        ctx.channel().config().setAutoRead(false);
        try {
            contexts.executor().execute(() -> {
                boolean trusted = contexts.trusts(chain);
                ctx.executor().execute(() -> checked(ctx, trusted));
            });
        } catch (RejectedExecutionException e) {
            ctx.close();
        }
    }

    private void checked(ChannelHandlerContext ctx, boolean trusted) {
        if (ctx.isRemoved() || !ctx.channel().isActive()) {
            return;
        }
        ctx.channel().config().setAutoRead(true);
        then.accept(new PeerCertificate(chain.get(0), trusted));
        ctx.pipeline().remove(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        held.add(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {}

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        boolean any = !held.isEmpty();
        Object message;
        while ((message = held.poll()) != null) {
            if (ctx.channel().isActive()) {
                ctx.fireChannelRead(message);
            } else {
                ReferenceCountUtil.release(message);
            }
        }
        if (any) {
            ctx.fireChannelReadComplete();
        }
    }
}
