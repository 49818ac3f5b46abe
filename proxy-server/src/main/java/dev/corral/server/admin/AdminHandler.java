package dev.corral.server.admin;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Last handler of a connection: answers whole requests, one at a time. */
@SuppressWarnings("FutureReturnValueIgnored") // there is nothing to do about a close that fails
final class AdminHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    // The version is part of the name of the format: Prometheus chooses its parser by it.
    private static final String EXPOSITION = "text/plain; version=0.0.4; charset=utf-8";
    private static final String JSON = "application/json";
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final Logger LOG = LoggerFactory.getLogger(AdminHandler.class);

    private final AdminSource source;
    private final HostCheck hosts;
    private final Executor scraper;
    private final AdminDeadlines deadlines;
    private boolean answering;

    AdminHandler(AdminSource source, HostCheck hosts, Executor scraper, AdminDeadlines deadlines) {
        this.source = source;
        this.hosts = hosts;
        this.scraper = scraper;
        this.deadlines = deadlines;
    }

    private record Answer(HttpResponseStatus status, String type, String body) {
        static Answer error(HttpResponseStatus status, String sentence) {
            return new Answer(status, JSON, "{\"error\":\"" + sentence + "\"}\n");
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (answering) {
            // No client of ours pipelines, and answers must not overtake each other.
            ctx.close();
            return;
        }
        answering = true;
        deadlines.requestEnded(ctx);
        if (request.decoderResult().isFailure()) {
            send(ctx, Answer.error(HttpResponseStatus.BAD_REQUEST, "not a request that can be read"), false);
            return;
        }
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        boolean needsHost = request.protocolVersion().isKeepAliveDefault();
        if (!hosts.allows(request.headers().getAll(HttpHeaderNames.HOST), needsHost)) {
            Answer refusal = Answer.error(
                    HttpResponseStatus.FORBIDDEN,
                    "the Host header names another server (expected: an address, localhost or the configured name)");
            send(ctx, refusal, false);
            return;
        }
        switch (path(request.uri())) {
            case "/metrics" -> ifReading(ctx, request, () -> scrape(ctx, keepAlive));
            case "/healthz" ->
                ifReading(ctx, request, () -> send(ctx, new Answer(HttpResponseStatus.OK, TEXT, "ok\n"), keepAlive));
            case "/readyz" -> ifReading(ctx, request, () -> send(ctx, readiness(), keepAlive));
            default ->
                send(
                        ctx,
                        Answer.error(HttpResponseStatus.NOT_FOUND, "there are only /metrics, /healthz and /readyz"),
                        keepAlive);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("admin connection of {}: {}", ctx.channel().remoteAddress(), cause.toString());
        ctx.close();
    }

    private void ifReading(ChannelHandlerContext ctx, FullHttpRequest request, Runnable answer) {
        HttpMethod method = request.method();
        if (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD)) {
            answer.run();
        } else {
            send(ctx, Answer.error(HttpResponseStatus.METHOD_NOT_ALLOWED, "only GET and HEAD"), false);
        }
    }

    private Answer readiness() {
        Readiness readiness = source.readiness().get();
        HttpResponseStatus status = readiness.ready() ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE;
        return new Answer(status, JSON, readiness.json());
    }

    private void scrape(ChannelHandlerContext ctx, boolean keepAlive) {
        try {
            scraper.execute(() -> answerLater(ctx, exposition(), keepAlive));
        } catch (RejectedExecutionException e) {
            send(ctx, Answer.error(HttpResponseStatus.SERVICE_UNAVAILABLE, "busy with other scrapes"), keepAlive);
        }
    }

    private void answerLater(ChannelHandlerContext ctx, Answer answer, boolean keepAlive) {
        try {
            ctx.executor().execute(() -> send(ctx, answer, keepAlive));
        } catch (RejectedExecutionException e) {
            LOG.debug("a scrape ended after the listener");
        }
    }

    private Answer exposition() {
        try {
            return new Answer(
                    HttpResponseStatus.OK, EXPOSITION, source.exposition().get());
        } catch (RuntimeException e) {
            LOG.error("the metrics cannot be collected", e);
            return Answer.error(HttpResponseStatus.INTERNAL_SERVER_ERROR, "the metrics cannot be collected");
        }
    }

    private void send(ChannelHandlerContext ctx, Answer answer, boolean keepAlive) {
        // The encoder leaves the body out where the request was HEAD.
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                answer.status(),
                Unpooled.wrappedBuffer(answer.body().getBytes(StandardCharsets.UTF_8)));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, answer.type())
                .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
                .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
                .set("X-Content-Type-Options", "nosniff");
        if (answer.status().equals(HttpResponseStatus.METHOD_NOT_ALLOWED)) {
            response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
        }
        HttpUtil.setKeepAlive(response, keepAlive);
        ctx.writeAndFlush(response).addListener((ChannelFutureListener) written -> {
            if (keepAlive && written.isSuccess()) {
                answering = false;
                deadlines.answered(ctx);
            } else {
                ctx.close();
            }
        });
    }

    private static String path(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }
}
