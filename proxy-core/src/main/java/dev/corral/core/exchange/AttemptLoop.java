package dev.corral.core.exchange;

import dev.corral.core.RemoteSettings;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.exchange.Deadlines.Deadline;
import dev.corral.core.http.HeaderRules;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.UpstreamCredential.Presented;
import dev.corral.core.upstream.RemoteTrouble;
import dev.corral.core.upstream.UpstreamConnection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets a connection and sends the request on it; decides about a second attempt. A request goes out again only if
 * the first connection had been used before, broke without a byte of an answer, and the endpoint only reads: then the
 * upstream closed it while the request was on its way. Always on a fresh connection, and once (RFC 9110 section
 * 9.2.2). Confined to the exchange's event loop.
 */
final class AttemptLoop {
    private static final AsciiString X_FORWARDED_FOR = AsciiString.cached("x-forwarded-for");
    private static final Logger LOG = LoggerFactory.getLogger(AttemptLoop.class);
    private static final ProxyError UNSIGNED = new ProxyError(
            ErrorCode.INTERNAL, "the credential for the Corral behind cannot be used; the log has the reason");

    private final Exchange exchange;
    private final RequestPump upload;
    private final ResponsePump download;
    private boolean repeated;
    private Presented credential = Presented.NOTHING;

    AttemptLoop(Exchange exchange, RequestPump upload, ResponsePump download) {
        this.exchange = exchange;
        this.upload = upload;
        this.download = download;
    }

    void begin() {
        QueueStage.leave(exchange);
        if (exchange.request == Half.OPEN && exchange.hasBody()) {
            upload.prepare();
        }
        present(false);
    }

    /** Tries again if that is safe; false if the caller has to tell the client. */
    boolean retry(UpstreamConnection broken) {
        if (!mayRetry(broken)) {
            return false;
        }
        repeated = true;
        exchange.deadline().clear();
        present(true);
        return true;
    }

    /**
     * Has the credential for the Corral behind made, if there is one, before a connection is taken: none is to wait for it.
     *
     * @param fresh whether the connection must be a new one
     */
    private void present(boolean fresh) {
        RemoteSettings remote = exchange.shared.upstream.remote();
        if (remote == null) {
            acquire(fresh);
            return;
        }
        CompletableFuture<Presented> answer;
        try {
            answer = remote.credential()
                    .present(exchange.head.method().name(), exchange.path)
                    .toCompletableFuture();
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        if (answer.isDone()) {
            presented(remote, answer, fresh);
            return;
        }
        exchange.deadline().await(Deadline.Name.DECISION, Lateness.DECISION_NANOS);
        CompletableFuture<Presented> later = answer;
        var unused = later.whenComplete(
                (made, failure) -> exchange.ctx().executor().execute(() -> afterWait(remote, later, fresh)));
    }

    private void afterWait(RemoteSettings remote, CompletableFuture<Presented> made, boolean fresh) {
        if (!exchange.finished() && exchange.uncommitted()) {
            exchange.deadline().clear();
            presented(remote, made, fresh);
        }
    }

    private void presented(RemoteSettings remote, CompletableFuture<Presented> made, boolean fresh) {
        try {
            credential = Objects.requireNonNull(made.getNow(null));
        } catch (RuntimeException e) {
            LOG.error("{} the credential for {} failed", exchange.id, remote.url(), e);
            exchange.fail(UNSIGNED);
            return;
        }
        acquire(fresh);
    }

    private void acquire(boolean fresh) {
        UpstreamConnection pooled = fresh ? null : exchange.loop.pool().acquireNow(download);
        if (pooled == null) {
            exchange.loop.pool().acquireLater(download, this::connected);
        } else {
            send(pooled);
        }
    }

    private boolean mayRetry(UpstreamConnection connection) {
        return !repeated && connection.reused() && endpoint().replaySafe() && !upload.active();
    }

    private Endpoint endpoint() {
        return Objects.requireNonNull(exchange.endpoint);
    }

    private void connected(@Nullable UpstreamConnection connection, @Nullable Throwable cause) {
        if (connection == null) {
            RemoteSettings remote = exchange.shared.upstream.remote();
            String why = remote == null
                    ? "the model server cannot be reached; is Ollama running?"
                    : RemoteTrouble.text(remote, cause);
            exchange.fail(ProxyError.tryAgain(ErrorCode.UPSTREAM_CONNECT, why, 2));
        } else if (exchange.finished() || !exchange.uncommitted()) {
            connection.discard();
        } else {
            send(connection);
        }
    }

    private void send(UpstreamConnection connection) {
        download.expect(connection);
        Channel channel = connection.channel();
        HttpMethod method = exchange.head.method();
        HttpHeaders headers = headers();
        String target = exchange.path;
        RemoteSettings remote = exchange.shared.upstream.remote();
        if (remote == null) {
            headers.set(X_FORWARDED_FOR, exchange.clientAddressText());
        } else {
            target = address(remote, headers);
        }
        if (upload.active()) {
            long declared = exchange.declaredLength();
            if (declared >= 0) {
                headers.set(HttpHeaderNames.CONTENT_LENGTH, declared);
            } else {
                headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
            }
            channel.write(new DefaultHttpRequest(HttpVersion.HTTP_1_1, method, target, headers), channel.voidPromise());
            upload.begin(connection);
            return;
        }
        ByteBuf body = exchange.intake().body();
        if (body.isReadable() && endpoint().body() == Endpoint.BodyKind.JSON) {
            headers.set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON);
        }
        if (body.isReadable() || method.equals(HttpMethod.POST)) {
            headers.setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
        }
        ByteBuf sent = body.isReadable() ? body.retainedDuplicate() : Unpooled.EMPTY_BUFFER;
        ChannelFuture written = channel.writeAndFlush(new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1, method, target, sent, headers, EmptyHttpHeaders.INSTANCE));
        upload.sent(written);
        if (exchange.finished()) {
            return;
        }
        if (!mayRetry(connection)) {
            written.addListener(done -> exchange.intake().release());
        }
        exchange.deadline()
                .await(
                        Deadline.Name.FIRST_BYTE,
                        exchange.shared.settings.timeouts().firstByte().toNanos());
    }

    private HttpHeaders headers() {
        // Ours are set last, so that nothing of the client's, not even its Connection field, can remove them.
        return HeaderRules.forUpstream(exchange.head.headers())
                .set(HttpHeaderNames.HOST, exchange.shared.upstream.authority())
                .set(HttpHeaderNames.ACCEPT_ENCODING, HttpHeaderValues.IDENTITY);
    }

    /** Adds what makes the request good at the other Corral; the target there. */
    private String address(RemoteSettings remote, HttpHeaders headers) {
        if (credential.authorization() != null) {
            headers.set(HttpHeaderNames.AUTHORIZATION, credential.authorization());
        }
        String path = remote.prefix() + exchange.path;
        return credential.query().isEmpty() ? path : path + '?' + credential.query();
    }
}
