package dev.corral.core.tls;

import dev.corral.core.http.CanonicalTarget;
import dev.corral.core.http.FramingRules;
import dev.corral.core.http.LingeringClose;
import dev.corral.core.http.PathToken;
import dev.corral.core.http.Replies;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the first request of a connection with where TLS is spoken, or an ACME server with what it wants to see, and
 * closes. Whatever credential came is not read, and the body neither. Confined to the connection's event loop.
 */
final class RedirectHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(RedirectHandler.class);
    private static final List<String> CREDENTIALS = List.of("Authorization", "X-API-Key", "api-key");

    private final Redirect redirect;
    private final InetAddress client;
    private boolean answered;

    RedirectHandler(Redirect redirect, InetAddress client) {
        this.redirect = redirect;
        this.client = client;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        var unused = ctx.executor()
                .schedule(
                        () -> {
                            if (!answered) {
                                ctx.close();
                            }
                        },
                        redirect.timeouts.headers().toNanos(),
                        TimeUnit.NANOSECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (!answered && message instanceof HttpRequest head) {
                answered = true;
                answer(ctx, head);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void answer(ChannelHandlerContext ctx, HttpRequest head) {
        FullHttpResponse response = response(ctx, head);
        response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        ChannelFuture written = ctx.writeAndFlush(response);
        LingeringClose.begin(ctx.channel(), written, redirect.timeouts.linger());
    }

    private FullHttpResponse response(ChannelHandlerContext ctx, HttpRequest head) {
        boolean bodiless = head.method().equals(HttpMethod.HEAD);
        if (FramingRules.check(head, redirect.limits) != null) {
            return plain(ctx, HttpResponseStatus.BAD_REQUEST, "the request head is malformed\n", bodiless);
        }
        HttpHeaders headers = head.headers();
        if (PathToken.isIn(head.uri()) || CREDENTIALS.stream().anyMatch(headers::contains)) {
            redirect.observer.credentialOverPlainHttp(client);
        }
        String host = headers.get(HttpHeaderNames.HOST);
        if (head.uri().startsWith(HttpChallenges.PREFIX)) {
            String answer = challenge(head);
            return answer == null
                    ? plain(ctx, HttpResponseStatus.NOT_FOUND, "there is no such challenge\n", bodiless)
                    : plain(ctx, HttpResponseStatus.OK, answer, bodiless);
        }
        String path = CanonicalTarget.path(head.uri(), host);
        if (path == null) {
            return plain(ctx, HttpResponseStatus.BAD_REQUEST, "the request target must be a plain path\n", bodiless);
        }
        String location = redirect.location(host, target(head.uri(), path));
        if (location == null) {
            return plain(ctx, HttpResponseStatus.BAD_REQUEST, "a Host header is required\n", bodiless);
        }
        FullHttpResponse moved = plain(
                ctx,
                HttpResponseStatus.PERMANENT_REDIRECT,
                "keys are taken over https only: " + location + "\n",
                bodiless);
        moved.headers().set(HttpHeaderNames.LOCATION, location);
        return moved;
    }

    private @Nullable String challenge(HttpRequest head) {
        boolean reading = head.method().equals(HttpMethod.GET) || head.method().equals(HttpMethod.HEAD);
        return reading ? redirect.challenge(head.uri()) : null;
    }

    /** The path with its query, of a target in whichever form. */
    private static String target(String uri, String path) {
        int question = uri.indexOf('?');
        return question < 0 ? path : path + uri.substring(question);
    }

    private static FullHttpResponse plain(
            ChannelHandlerContext ctx, HttpResponseStatus status, String text, boolean bodiless) {
        return Replies.text(ctx, status, Replies.TEXT, text, bodiless);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("a connection that is redirected failed", cause);
        ctx.close();
    }
}
