package dev.corral.core.tls;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Encrypts by Java's own TLS, whose tasks run beside the event loop. One that fails when the connection is gone finds
 * nobody behind this handler who would hear of it, and Netty would log it with its stack trace: whoever sends half a
 * greeting and leaves could fill a disk.
 */
final class JdkTlsHandler extends SslHandler {
    private static final Logger LOG = LoggerFactory.getLogger(JdkTlsHandler.class);

    JdkTlsHandler(SSLEngine engine, Executor tasks) {
        super(engine, tasks);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
        if (ctx.isRemoved()) {
            LOG.debug("a task of a connection that is gone failed", cause);
        } else {
            super.exceptionCaught(ctx, cause);
        }
    }
}
