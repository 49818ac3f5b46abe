package dev.corral.core.tls;

import dev.corral.core.http.HardClose;
import dev.corral.core.spi.PeerCertificate;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a connection's handshake to its end, within its deadline, and finds out who the client is; afterwards it keeps
 * what goes wrong in the encryption from the handlers behind it, which know nothing of it.
 */
final class HandshakeHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(HandshakeHandler.class);

    private final TlsContexts contexts;
    private final Duration limit;
    private final SecureListener listener;
    private @Nullable Future<?> deadline;
    private boolean over;

    HandshakeHandler(TlsContexts contexts, Duration limit, SecureListener listener) {
        this.contexts = contexts;
        this.limit = limit;
        this.listener = listener;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        deadline = ctx.executor().schedule(() -> expired(ctx), limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (!over) {
            failed();
        }
    }

    private void expired(ChannelHandlerContext ctx) {
        if (!over) {
            failed();
            HardClose.now(ctx.channel());
        }
    }

    /** Who comes behind is told when there is something to hear. */
    @Override
    public void channelActive(ChannelHandlerContext ctx) {}

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (!over) {
            failed();
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                succeeded(ctx);
            } else if (!over) {
                LOG.debug("a handshake failed", handshake.cause());
                failed();
            }
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    private void succeeded(ChannelHandlerContext ctx) {
        SslHandler tls = ctx.pipeline().get(SslHandler.class);
        if (over || tls == null) {
            return;
        }
        String protocol = tls.applicationProtocol();
        if (ContextFactory.ACME.equals(protocol)) {
            // That the handshake was done is all that is wanted.
            end();
            ctx.close();
            return;
        }
        List<X509Certificate> chain = chain(tls);
        if (chain.isEmpty()) {
            secured(ctx, protocol, null);
        } else {
            ctx.pipeline().addAfter(ctx.name(), null, new TrustCheck(contexts, chain, found -> {
                if (!over) {
                    secured(ctx, protocol, found);
                }
            }));
        }
    }

    private void secured(ChannelHandlerContext ctx, @Nullable String protocol, @Nullable PeerCertificate certificate) {
        end();
        contexts.handshake(true);
        listener.secured(protocol, certificate);
        ctx.fireChannelActive();
    }

    private void failed() {
        end();
        contexts.handshake(false);
    }

    private void end() {
        over = true;
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    private static List<X509Certificate> chain(SslHandler tls) {
        SSLEngine engine = tls.engine();
        if (!engine.getWantClientAuth() && !engine.getNeedClientAuth()) {
            // Nobody was asked, and an exception that says so would be made for every connection.
            return List.of();
        }
        List<X509Certificate> chain = new ArrayList<>();
        try {
            for (Certificate one : engine.getSession().getPeerCertificates()) {
                chain.add((X509Certificate) one);
            }
        } catch (SSLPeerUnverifiedException e) {
            // It showed none.
        }
        return chain;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("an encrypted connection failed", cause);
        ctx.close();
    }
}
