package dev.corral.core.exchange;

import dev.corral.core.Timeouts;
import dev.corral.core.body.BadBody;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.exchange.Deadlines.Deadline;
import dev.corral.core.http.FlowGate;
import dev.corral.core.http.HeaderRules;
import dev.corral.core.http.ResponseRules;
import dev.corral.core.meter.ResponseMeter;
import dev.corral.core.spi.EndpointGroup;
import dev.corral.core.spi.Outcome;
import dev.corral.core.upstream.UpstreamConnection;
import dev.corral.core.upstream.UpstreamListener;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Passes the upstream's response on as it comes, but for one that the role may not see all of ({@link
 * ResponseRewrite}): one flush for each read of the upstream, reading from it only while the client takes it. A
 * response that the upstream breaks off is broken off here as well, never ended politely. What a model generates passes
 * through a {@link ResponseMeter}, which counts and may keep something back. Trailers and interim
 * responses are dropped. Confined to the exchange's event loop.
 */
final class ResponsePump implements UpstreamListener {
    private static final int MAX_INTERIM = 16;

    private final Exchange exchange;
    private final RequestPump upload;
    private final HeldBack heldBack;
    // Whether the upstream is another Corral, whose answers are meant for the client as they are.
    private final boolean remote;
    private @Nullable UpstreamConnection from;
    private int interim;
    private boolean interimContent;
    private boolean bodiless;
    private boolean upstreamKeeps;
    private boolean closeDelimited;
    private boolean committed;
    // Reads what passes; null where there is nothing to be counted.
    private @Nullable ResponseMeter meter;
    // Where the response is held back until it is whole; null once it has begun.
    private @Nullable ResponseRewrite rewrite;

    ResponsePump(Exchange exchange, RequestPump upload) {
        this.exchange = exchange;
        this.upload = upload;
        this.heldBack = new HeldBack(exchange);
        this.remote = exchange.shared.upstream.remote() != null;
    }

    /** The request goes out on this connection. */
    void expect(UpstreamConnection connection) {
        from = connection;
        connection.expect(headRequest());
    }

    /**
     * Closes the upstream connection if there is one still: it is cancelled, or not clean; and forgets what was held of
     * the response. Idempotent.
     */
    void cancel() {
        if (rewrite != null) {
            rewrite.release();
            rewrite = null;
        }
        UpstreamConnection connection = from;
        from = null;
        if (connection != null) {
            connection.discard();
        }
    }

    /** Whether the upstream has begun its answer, though the client has none of it yet. */
    boolean holding() {
        return rewrite != null;
    }

    /** Whether only the end of the connection ends the response, so that a cut must look unlike one. */
    boolean closeDelimited() {
        return closeDelimited;
    }

    Outcome outcome() {
        return committed ? Outcome.COMPLETED : Outcome.ANSWERED;
    }

    @Override
    public void onResponse(HttpResponse response) {
        int status = response.status().code();
        if (response.decoderResult().isSuccess() && status >= 100 && status < 200 && status != 101) {
            interimContent = true;
            if (++interim > MAX_INTERIM) {
                exchange.fail(ResponseRules.bad("sent too many interim responses"));
            }
            return;
        }
        String absent = exchange.policy.absent;
        if (absent != null && (status == 404 || status == 403)) {
            // 403: a stub whose details would come from ollama.com, which this server may not ask.
            exchange.holdings.answered = true;
            exchange.fail(new ProxyError(ErrorCode.UNKNOWN_MODEL, absent));
            return;
        }
        ProxyError problem = remote
                ? ResponseRules.ofAnotherCorral(response, headRequest())
                : ResponseRules.check(response, Objects.requireNonNull(exchange.endpoint));
        if (problem != null) {
            exchange.fail(problem);
            return;
        }
        if (!exchange.uncommitted() || rewrite != null) {
            exchange.fail(ResponseRules.bad("answered twice"));
            return;
        }
        exchange.firstByteNanos = exchange.loop.clock().nanos() - exchange.startedNanos;
        exchange.holdings.answered = true;
        exchange.intake().release();
        rewrite = ResponseRewrite.of(exchange, response);
        boolean metered = metered(response);
        if ((metered || rewrite != null) && (problem = ResponseRules.encoded(response)) != null) {
            exchange.fail(problem);
            return;
        }
        if (metered) {
            String type = response.headers().get(HttpHeaderNames.CONTENT_TYPE, "");
            meter = ResponseMeter.of(Objects.requireNonNull(exchange.endpoint), type, exchange.policy.ask.usageAdded());
            exchange.holdings.meter = meter;
        }
        if (rewrite == null) {
            boolean unknown = meter != null && meter.cuts() || headRequest() && ResponseRewrite.needed(exchange);
            commit(response, unknown ? -1 : HttpUtil.getContentLength(response, -1L));
        } else {
            awaitMore();
        }
    }

    private boolean headRequest() {
        return exchange.head.method().equals(HttpMethod.HEAD);
    }

    private boolean metered(HttpResponse response) {
        int status = response.status().code();
        return !remote
                && status >= 200
                && status < 300
                && Objects.requireNonNull(exchange.endpoint).group() == EndpointGroup.INFERENCE;
    }

    private void commit(HttpResponse response, long length) {
        int status = response.status().code();
        exchange.status = status;
        upstreamKeeps =
                HttpUtil.isKeepAlive(response) && response.protocolVersion().equals(HttpVersion.HTTP_1_1);
        bodiless = headRequest() || status == 204 || status == 304;
        // Without length or chunks, the upstream's connection ends with the response.
        upstreamKeeps &=
                bodiless || HttpUtil.isTransferEncodingChunked(response) || HttpUtil.isContentLengthSet(response);

        boolean keep = Persistence.upstreamsAnswer(exchange);
        HttpResponse out = new DefaultHttpResponse(
                HttpVersion.HTTP_1_1,
                response.status(),
                remote ? HeaderRules.ofAnotherCorral(response.headers()) : HeaderRules.forClient(response.headers()));
        if (length >= 0 && status != 204) {
            out.headers().set(HttpHeaderNames.CONTENT_LENGTH, length);
        } else if (!bodiless && ResponseHeads.version11(exchange)) {
            out.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        } else if (!bodiless) {
            closeDelimited = true;
            keep = false;
        }
        ResponseHeads.complete(exchange, out, keep);
        ResponseHeads.tellChanges(exchange, out);
        if (!keep) {
            exchange.front().closeAfterResponse();
        }
        committed = true;
        awaitMore();
        exchange.link().write(out);
    }

    @Override
    public void onContent(HttpContent content) {
        boolean last = content instanceof LastHttpContent;
        if (interimContent && last) {
            interimContent = false;
            content.release();
            return;
        }
        if (!content.decoderResult().isSuccess() || exchange.uncommitted() && rewrite == null) {
            content.release();
            exchange.fail(truncated());
            return;
        }
        if (rewrite != null) {
            hold(rewrite, content, last);
            return;
        }
        if (last) {
            end(content);
            return;
        }
        awaitMore();
        pass(content);
        holdBackIfFull();
    }

    /** Sends a piece, but for what the client is not to see of it. Takes ownership. */
    @SuppressWarnings("ReferenceEquality") // What passes untouched needs no new object.
    private void pass(HttpContent content) {
        ResponseMeter reader = meter;
        if (reader == null) {
            exchange.responseBytes += content.content().readableBytes();
            exchange.link().write(content);
            return;
        }
        ByteBuf piece = content.content();
        ByteBuf passed =
                reader.pass(piece, exchange.loop.clock().nanos(), exchange.ctx().alloc());
        if (passed == piece) {
            exchange.responseBytes += passed.readableBytes();
            exchange.link().write(content);
        } else {
            send(passed);
        }
    }

    private void send(ByteBuf piece) {
        if (piece.isReadable() && !bodiless) {
            exchange.responseBytes += piece.readableBytes();
            exchange.link().write(new DefaultHttpContent(piece));
        } else {
            piece.release();
        }
    }

    private void hold(ResponseRewrite held, HttpContent content, boolean last) {
        ProxyError problem = held.add(content);
        if (problem != null) {
            exchange.fail(problem);
        } else if (last) {
            sendRewritten(held);
        } else {
            awaitMore();
        }
    }

    private void sendRewritten(ResponseRewrite held) {
        ByteBuf body;
        try {
            body = held.rewritten();
        } catch (BadBody e) {
            exchange.fail(e.error());
            return;
        }
        // From here on the client's connection owns what is held.
        rewrite = null;
        commit(held.head(), body.readableBytes());
        exchange.responseBytes = body.readableBytes();
        exchange.link().write(new DefaultHttpContent(body), held::release);
        end(LastHttpContent.EMPTY_LAST_CONTENT);
    }

    private void end(HttpContent content) {
        exchange.response = Half.DONE;
        if (content.content().isReadable() && !bodiless) {
            pass(new DefaultHttpContent(content.content()));
        } else {
            content.release();
        }
        if (meter != null) {
            send(meter.rest());
        }
        UpstreamConnection connection = from;
        from = null;
        if (connection != null) {
            connection.gate().open(FlowGate.Reason.PEER_FULL);
            if (upstreamKeeps && upload.complete()) {
                connection.giveBack();
            } else {
                connection.discard();
            }
        }
        exchange.link().write(LastHttpContent.EMPTY_LAST_CONTENT);
        exchange.link().flush();
        if (exchange.request != Half.OPEN || exchange.hasBody()) {
            exchange.complete();
        }
    }

    @Override
    public void onReadComplete() {
        exchange.link().flush();
    }

    @Override
    public void onUpstreamWritability() {
        UpstreamConnection connection = from;
        upload.onUpstreamWritability(connection != null && connection.channel().isWritable());
    }

    @Override
    public void onUpstreamClosed(@Nullable Throwable cause) {
        UpstreamConnection connection = Objects.requireNonNull(from);
        from = null;
        if (!exchange.uncommitted() || rewrite != null) {
            // What the meter keeps of an event that is not whole stays here.
            exchange.fail(truncated());
        } else if (interim > 0 || !exchange.attempts().retry(connection)) {
            exchange.fail(ProxyError.tryAgain(
                    ErrorCode.UPSTREAM_RESET, "the model server closed the connection without an answer", 2));
        }
    }

    /** The client takes more again, or no more for now. */
    void onFrontWritability(boolean writable) {
        UpstreamConnection connection = from;
        if (connection == null || exchange.uncommitted()) {
            return;
        }
        if (writable) {
            heldBack.end();
            connection.gate().open(FlowGate.Reason.PEER_FULL);
            awaitMore();
        } else {
            holdBackIfFull();
        }
    }

    private void holdBackIfFull() {
        UpstreamConnection connection = from;
        if (connection == null || exchange.link().isWritable()) {
            return;
        }
        // What is not flushed counts as well: without this it would stay full for ever.
        exchange.link().flush();
        if (!exchange.link().isWritable() && connection.gate().isOpen()) {
            connection.gate().close(FlowGate.Reason.PEER_FULL);
            exchange.deadline().await(Deadline.Name.CLIENT_STALL, heldBack.begin());
        }
    }

    // Only while we read: the clock of the upstream stands still while the client holds us back.
    private void awaitMore() {
        UpstreamConnection connection = from;
        if (connection == null || !connection.gate().isOpen()) {
            return;
        }
        Timeouts timeouts = exchange.shared.settings.timeouts();
        boolean silent = Objects.requireNonNull(exchange.endpoint).longSilences();
        exchange.deadline()
                .await(
                        Deadline.Name.STREAM_IDLE,
                        (silent ? timeouts.longStreamIdle() : timeouts.streamIdle()).toNanos());
    }

    private ProxyError truncated() {
        if (exchange.uncommitted()) {
            return ResponseRules.bad("broke off its answer");
        }
        return new ProxyError(ErrorCode.UPSTREAM_TRUNCATED, "the model server broke off its answer");
    }
}
