package dev.corral.core.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;

/** A handshake in memory: what fails here would have failed with every client. */
final class Rehearsal {
    // Five flights are the longest.
    private static final int TURNS = 50;
    private static final int ROOM = 64 << 10;

    private final SSLEngine client;
    private final SSLEngine server;
    private final ByteBuffer toServer = ByteBuffer.allocate(ROOM);
    private final ByteBuffer toClient = ByteBuffer.allocate(ROOM);
    private final ByteBuffer plain = ByteBuffer.allocate(ROOM);

    private Rehearsal(SSLEngine client, SSLEngine server) {
        this.client = client;
        this.server = server;
    }

    /** Fails where the context does not show this certificate, or cannot prove that it holds the key. */
    static void shake(SslContext context, X509Certificate expected) throws TlsException {
        SSLEngine server = context.newEngine(ByteBufAllocator.DEFAULT);
        try {
            SSLContext any = SSLContext.getInstance("TLS");
            any.init(null, new TrustManager[] {new OnlyThis(expected)}, new SecureRandom());
            SSLEngine client = any.createSSLEngine();
            client.setUseClientMode(true);
            new Rehearsal(client, server).run();
        } catch (SSLException | GeneralSecurityException e) {
            throw new TlsException("a handshake with it fails: " + e.getMessage(), e);
        } finally {
            server.closeOutbound();
            ReferenceCountUtil.release(server);
        }
    }

    private void run() throws SSLException {
        client.beginHandshake();
        server.beginHandshake();
        for (int turn = 0; turn < TURNS; turn++) {
            step(client, toServer, toClient);
            step(server, toClient, toServer);
            if (done(client) && done(server)) {
                return;
            }
        }
        throw new SSLException("it does not end");
    }

    private static boolean done(SSLEngine engine) {
        return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
    }

    /** Goes on until the other side is awaited. */
    private void step(SSLEngine engine, ByteBuffer out, ByteBuffer in) throws SSLException {
        in.flip();
        SSLEngineResult result;
        do {
            HandshakeStatus status = engine.getHandshakeStatus();
            plain.clear();
            result = status == HandshakeStatus.NEED_WRAP
                    ? engine.wrap(ByteBuffer.allocate(0), out)
                    : engine.unwrap(in, plain);
            if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                throw new SSLException("it is broken off");
            }
            Runnable task;
            while ((task = engine.getDelegatedTask()) != null) {
                task.run();
            }
        } while (result.bytesConsumed() > 0
                || result.bytesProduced() > 0
                || result.getHandshakeStatus() == HandshakeStatus.NEED_TASK);
        in.compact();
    }
}
