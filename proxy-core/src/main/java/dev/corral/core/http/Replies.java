package dev.corral.core.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;

/** Small whole responses that Corral gives itself. */
public final class Replies {
    public static final AsciiString JSON = AsciiString.cached("application/json; charset=utf-8");
    public static final AsciiString TEXT = AsciiString.cached("text/plain; charset=utf-8");
    public static final AsciiString HTML = AsciiString.cached("text/html; charset=utf-8");
    private static final AsciiString NO_SNIFF = AsciiString.cached("nosniff");
    private static final AsciiString X_CONTENT_TYPE_OPTIONS = AsciiString.cached("x-content-type-options");

    private Replies() {}

    /**
     * A response with a text body.
     *
     * @param bodiless for HEAD: the length is told, the body is not sent
     * @return owned by the caller
     */
    public static FullHttpResponse text(
            ChannelHandlerContext ctx,
            HttpResponseStatus status,
            AsciiString contentType,
            String text,
            boolean bodiless) {
        int length = ByteBufUtil.utf8Bytes(text);
        ByteBuf body = Unpooled.EMPTY_BUFFER;
        if (!bodiless) {
            body = ctx.alloc().buffer(length);
            ByteBufUtil.writeUtf8(body, text);
        }
        FullHttpResponse response = whole(status, body);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, contentType)
                .setInt(HttpHeaderNames.CONTENT_LENGTH, length)
                .set(X_CONTENT_TYPE_OPTIONS, NO_SNIFF);
        return response;
    }

    /** A response that has no body by definition, such as 204. */
    public static FullHttpResponse empty(HttpResponseStatus status) {
        return whole(status, Unpooled.EMPTY_BUFFER);
    }

    private static FullHttpResponse whole(HttpResponseStatus status, ByteBuf body) {
        return new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, status, body, new HeaderFields(), EmptyHttpHeaders.INSTANCE);
    }
}
