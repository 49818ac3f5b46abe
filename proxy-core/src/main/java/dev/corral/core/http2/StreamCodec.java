package dev.corral.core.http2;

import dev.corral.core.exchange.StreamHandler.Cancel;
import dev.corral.core.exchange.StreamHandler.End;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

/**
 * Between the frames of one stream and the messages that HTTP/1.1 has. Trailers are dropped in both directions. A
 * malformed head is answered with a reset, and nobody behind this sees it.
 */
final class StreamCodec extends ChannelDuplexHandler {
    // RFC 9113 section 8.2.2: HTTP/2 has its own framing and its own ends.
    private static final Set<AsciiString> CONNECTION_SPECIFIC = Set.of(
            HttpHeaderNames.CONNECTION,
            HttpHeaderNames.TRANSFER_ENCODING,
            AsciiString.cached("keep-alive"),
            AsciiString.cached("proxy-connection"),
            HttpHeaderNames.UPGRADE);

    private final FloodMeter floods;
    private final Complaints complaints;
    private boolean begun;
    private boolean remoteEnded;
    // The end of the request was handed on.
    private boolean whole;
    // The status allows no content (RFC 9110 sections 15.2, 15.3.5, 15.3.6, 15.4.5).
    private boolean silent;

    StreamCodec(FloodMeter floods, Complaints complaints) {
        this.floods = floods;
        this.complaints = complaints;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof Http2HeadersFrame head) {
            remoteEnded |= head.isEndStream();
            if (begun) {
                trailers(ctx, head);
            } else {
                head(ctx, head);
            }
        } else if (message instanceof Http2DataFrame data) {
            remoteEnded |= data.isEndStream();
            data(ctx, data);
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    private void head(ChannelHandlerContext ctx, Http2HeadersFrame frame) {
        HttpRequest head = RequestHeads.of(frame.headers(), frame.isEndStream());
        if (head == null) {
            malformed(ctx);
            return;
        }
        begun = true;
        String declared = head.headers().get(HttpHeaderNames.CONTENT_LENGTH);
        ctx.fireChannelRead(head);
        if (frame.isEndStream() || declared != null && RequestHeads.zero(declared)) {
            end(ctx);
        }
    }

    private void trailers(ChannelHandlerContext ctx, Http2HeadersFrame frame) {
        if (!frame.isEndStream() || !RequestHeads.wellFormedTrailers(frame.headers())) {
            malformed(ctx);
        } else {
            end(ctx);
        }
    }

    private void data(ChannelHandlerContext ctx, Http2DataFrame frame) {
        if (frame.content().isReadable() && !whole) {
            ctx.fireChannelRead(new DefaultHttpContent(frame.content()));
        } else {
            frame.release();
        }
        if (frame.isEndStream()) {
            end(ctx);
        }
    }

    private void end(ChannelHandlerContext ctx) {
        if (!whole) {
            whole = true;
            ctx.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
        }
    }

    private void malformed(ChannelHandlerContext ctx) {
        whole = true;
        tell(ctx);
        reset(ctx, Http2Error.PROTOCOL_ERROR);
    }

    private void tell(ChannelHandlerContext ctx) {
        if (begun) {
            ctx.fireUserEventTriggered(Cancel.MALFORMED);
        } else {
            complaints.malformed();
        }
    }

    private void reset(ChannelHandlerContext ctx, Http2Error why) {
        ctx.write(new DefaultHttp2ResetFrame(why), ctx.voidPromise());
        ctx.flush();
        ctx.close();
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof HttpResponse head) {
            write(ctx, head, promise);
        } else if (message instanceof HttpContent content) {
            write(ctx, content, promise);
        } else if (message instanceof End end) {
            end(ctx, end);
        } else {
            ctx.write(message, promise);
        }
    }

    private void write(ChannelHandlerContext ctx, HttpResponse head, ChannelPromise promise) {
        int status = head.status().code();
        silent = status < 200 || status == 204 || status == 205 || status == 304;
        Http2Headers fields = fields(head, silent && status != 304);
        if (!(head instanceof HttpContent body)) {
            ctx.write(new DefaultHttp2HeadersFrame(fields), promise);
        } else if (body.content().isReadable() && !silent) {
            ctx.write(new DefaultHttp2HeadersFrame(fields), ctx.voidPromise());
            write(ctx, body, promise);
        } else {
            body.release();
            ctx.write(new DefaultHttp2HeadersFrame(fields, status >= 200), promise);
        }
    }

    private static Http2Headers fields(HttpResponse head, boolean withoutLength) {
        HttpHeaders from = head.headers();
        Http2Headers to = new DefaultHttp2Headers(true, from.size() + 1);
        to.status(head.status().codeAsText());
        Iterator<Map.Entry<CharSequence, CharSequence>> fields = from.iteratorCharSequence();
        while (fields.hasNext()) {
            Map.Entry<CharSequence, CharSequence> field = fields.next();
            AsciiString name = AsciiString.of(field.getKey()).toLowerCase();
            if (!CONNECTION_SPECIFIC.contains(name)
                    && !(withoutLength && name.contentEquals(HttpHeaderNames.CONTENT_LENGTH))) {
                to.add(name, field.getValue());
            }
        }
        return to;
    }

    private void write(ChannelHandlerContext ctx, HttpContent content, ChannelPromise promise) {
        boolean last = content instanceof LastHttpContent;
        if (silent && content.content().isReadable()) {
            content.release();
            ctx.write(new DefaultHttp2DataFrame(Unpooled.EMPTY_BUFFER, last), promise);
        } else {
            ctx.write(new DefaultHttp2DataFrame(content.content(), last), promise);
        }
        floods.sentData();
    }

    private void end(ChannelHandlerContext ctx, End how) {
        switch (how) {
            case WHOLE -> {
                if (!remoteEnded) {
                    // RFC 9113 section 8.1: the rest of the request is not wanted, and the response is valid.
                    ctx.write(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR), ctx.voidPromise());
                    ctx.flush();
                }
                ctx.close();
            }
            // An empty frame, for its place in the order: a reset would overtake what flow control holds back.
            case BROKEN ->
                ctx.write(new DefaultHttp2DataFrame(Unpooled.EMPTY_BUFFER))
                        .addListener(sent -> reset(ctx, Http2Error.INTERNAL_ERROR));
            case STALLED -> reset(ctx, Http2Error.CANCEL);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof Http2ResetFrame) {
            ctx.fireUserEventTriggered(Cancel.BY_CLIENT);
        }
        ReferenceCountUtil.release(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof Http2Exception broken) {
            if (broken.error() == Http2Error.PROTOCOL_ERROR) {
                // Such as a body of another length than was declared, or a length and no body.
                tell(ctx);
            }
            // The multiplexer resets the stream with the right code when this returns; a failed write only closes it.
            ctx.executor().execute(ctx::close);
        } else {
            ctx.fireExceptionCaught(cause);
        }
    }
}
