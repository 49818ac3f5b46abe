package dev.corral.server.demo;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One connection: takes requests one after the other and generates at a steady pace until the client leaves. */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the channel, and that is handled
final class StandInHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final int WAITING = 16;
    // RFC 9110 section 5.6.7
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
            .withZone(ZoneOffset.UTC);

    private final Routes routes;
    private final Duration pace;
    private final AtomicInteger generating;

    private final Queue<Incoming> waiting = new ArrayDeque<>();
    private @Nullable Iterator<String> pieces;
    private @Nullable Future<?> next;
    private boolean busy;
    private boolean keepAlive;
    private boolean stalled;

    private record Incoming(Reply reply, boolean head, boolean keepAlive) {}

    StandInHandler(Routes routes, Duration pace, AtomicInteger generating) {
        this.routes = routes;
        this.pace = pace;
        this.generating = generating;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (waiting.size() == WAITING || !request.decoderResult().isSuccess()) {
            ctx.close();
            return;
        }
        String method = request.method().name();
        String path = new QueryStringDecoder(request.uri()).path();
        Reply reply;
        try {
            reply = routes.answer(new Call(
                    method,
                    path,
                    Form.in(request) ? Form.parse(request) : Json.parse(ByteBufUtil.getBytes(request.content()))));
        } catch (ApiException e) {
            reply = Routes.error(path, e);
        }
        waiting.add(new Incoming(reply, method.equals("HEAD"), HttpUtil.isKeepAlive(request)));
        if (!busy) {
            begin(ctx);
        }
    }

    private void begin(ChannelHandlerContext ctx) {
        Incoming incoming = waiting.poll();
        if (incoming == null) {
            return;
        }
        keepAlive = incoming.keepAlive();
        if (incoming.reply() instanceof Reply.Stream stream) {
            pieces = stream.pieces();
            HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
            head.headers().set(HttpHeaderNames.CONTENT_TYPE, stream.contentType());
            HttpUtil.setTransferEncodingChunked(head, true);
            // Ollama too sends nothing, not even a head, before the first token.
            generate(ctx, 1, () -> {
                ctx.write(completed(head));
                writePiece(ctx);
            });
        } else if (incoming.reply() instanceof Reply.Whole whole) {
            generate(ctx, whole.tokens(), () -> writeWhole(ctx, whole, incoming.head()));
        }
    }

    private void generate(ChannelHandlerContext ctx, int tokens, Runnable step) {
        busy = true;
        generating.incrementAndGet();
        schedule(ctx, tokens, step);
    }

    private void schedule(ChannelHandlerContext ctx, int tokens, Runnable step) {
        next = ctx.executor().schedule(step, pace.toNanos() * tokens, TimeUnit.NANOSECONDS);
    }

    private void writePiece(ChannelHandlerContext ctx) {
        Iterator<String> rest = pieces;
        if (rest == null) {
            return;
        }
        if (!ctx.channel().isWritable()) {
            stalled = true;
            return;
        }
        ctx.write(new DefaultHttpContent(Unpooled.copiedBuffer(rest.next(), StandardCharsets.UTF_8)));
        if (rest.hasNext()) {
            ctx.flush();
            schedule(ctx, 1, () -> writePiece(ctx));
        } else {
            finish(ctx, LastHttpContent.EMPTY_LAST_CONTENT);
        }
    }

    private void writeWhole(ChannelHandlerContext ctx, Reply.Whole whole, boolean head) {
        byte[] body = whole.body().getBytes(StandardCharsets.UTF_8);
        DefaultFullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(whole.status()),
                head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body));
        whole.headers().forEach(response.headers()::set);
        response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, body.length);
        finish(ctx, completed(response));
    }

    private HttpResponse completed(HttpResponse head) {
        head.headers().set(HttpHeaderNames.DATE, DATE.format(Instant.now()));
        HttpUtil.setKeepAlive(head, keepAlive);
        return head;
    }

    private void finish(ChannelHandlerContext ctx, Object last) {
        ended();
        ChannelFuture written = ctx.writeAndFlush(last);
        if (keepAlive) {
            begin(ctx);
        } else {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void ended() {
        if (busy) {
            busy = false;
            generating.decrementAndGet();
        }
        pieces = null;
        next = null;
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (stalled && ctx.channel().isWritable()) {
            stalled = false;
            writePiece(ctx);
        }
    }

    /** Also the client's end of sending, as Ollama's server understands it: generation stops. */
    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        Future<?> due = next;
        if (due != null) {
            due.cancel(false);
        }
        ended();
        waiting.clear();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // A client that breaks its connection is nothing to report in a stand-in.
        ctx.close();
    }
}
