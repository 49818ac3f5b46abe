package dev.corral.core.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Map;

/**
 * Writes requests and responses as their heads say (RFC 9112): who writes a head decides the framing, has checked the
 * target, and writes no body where there is to be none. Trailers are not sent. What is written leaves at the next flush,
 * small pieces as one ({@link WriteBatch}). Confined to the channel's event loop.
 */
final class MessageEncoder extends ChannelOutboundHandlerAdapter {
    private static final byte[] OK = ascii("HTTP/1.1 200 OK");
    private static final byte[] VERSION = ascii("HTTP/1.1 ");
    private static final byte[] VERSION_LAST = ascii(" HTTP/1.1");
    private static final byte[] LAST_CHUNK = ascii("0\r\n\r\n");
    private static final byte[] HEX = ascii("0123456789abcdef");
    private static final int CRLF = '\r' << 8 | '\n';
    private static final int COLON_BLANK = ':' << 8 | ' ';
    // What most heads stay below.
    private static final int HEAD = 512;
    // A chunk's length in hexadecimal, and the ends of two lines.
    private static final int CHUNK = 12;

    private final WriteBatch batch = new WriteBatch();
    private boolean chunked;
    // The status allows no content (RFC 9110 sections 15.2, 15.3.5, 15.3.6, 15.4.5).
    private boolean silent;

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof HttpMessage head) {
            head(ctx, head);
        }
        if (message instanceof HttpContent content) {
            content(ctx, content.content(), content instanceof LastHttpContent);
        } else if (!(message instanceof HttpMessage)) {
            batch.pass(ctx);
            ctx.write(message, promise);
            return;
        }
        if (!promise.isVoid()) {
            batch.pass(ctx, promise);
        }
    }

    private void head(ChannelHandlerContext ctx, HttpMessage head) {
        int body = head instanceof HttpContent whole ? whole.content().readableBytes() : 0;
        ByteBuf bytes = batch.room(ctx, HEAD + WriteBatch.copied(body));
        silent = false;
        if (head instanceof HttpResponse response) {
            quieten(response);
            statusLine(bytes, response.status());
        } else if (head instanceof HttpRequest request) {
            bytes.writeCharSequence(request.method().name(), StandardCharsets.US_ASCII);
            bytes.writeByte(' ').writeCharSequence(request.uri(), StandardCharsets.US_ASCII);
            bytes.writeBytes(VERSION_LAST);
        }
        bytes.writeShort(CRLF);
        fields(bytes, head.headers());
        chunked = !silent && HttpUtil.isTransferEncodingChunked(head);
    }

    private void quieten(HttpResponse response) {
        int code = response.status().code();
        silent = code < 200 || code == 204 || code == 205 || code == 304;
        if (silent && code != 304) {
            // RFC 9112 section 6.1, RFC 9110 section 8.6: neither belongs there; 205 says that nothing comes.
            response.headers().remove(HttpHeaderNames.CONTENT_LENGTH).remove(HttpHeaderNames.TRANSFER_ENCODING);
            if (code == 205) {
                response.headers().set(HttpHeaderNames.CONTENT_LENGTH, HttpHeaderValues.ZERO);
            }
        }
    }

    private static void statusLine(ByteBuf into, HttpResponseStatus status) {
        if (status.code() == 200 && status.reasonPhrase().equals("OK")) {
            into.writeBytes(OK);
        } else {
            into.writeBytes(VERSION);
            text(into, status.codeAsText());
            into.writeByte(' ');
            text(into, status.reasonPhrase());
        }
    }

    // Their values were checked when they were set.
    private static void fields(ByteBuf into, HttpHeaders headers) {
        Iterator<Map.Entry<CharSequence, CharSequence>> fields = headers.iteratorCharSequence();
        while (fields.hasNext()) {
            Map.Entry<CharSequence, CharSequence> field = fields.next();
            text(into, field.getKey());
            into.writeShort(COLON_BLANK);
            text(into, field.getValue());
            into.writeShort(CRLF);
        }
        into.writeShort(CRLF);
    }

    private static void text(ByteBuf into, CharSequence text) {
        if (text instanceof AsciiString known) {
            ByteBufUtil.copy(known, into);
        } else {
            into.writeCharSequence(text, StandardCharsets.US_ASCII);
        }
    }

    private void content(ChannelHandlerContext ctx, ByteBuf content, boolean last) {
        int length = content.readableBytes();
        if (length == 0 || silent) {
            content.release();
        } else if (chunked) {
            ByteBuf bytes = batch.room(ctx, CHUNK + WriteBatch.copied(length));
            hexadecimal(bytes, length);
            bytes.writeShort(CRLF);
            batch.add(ctx, content);
            batch.room(ctx, CHUNK).writeShort(CRLF);
        } else {
            batch.add(ctx, content);
        }
        if (last && chunked) {
            batch.room(ctx, LAST_CHUNK.length).writeBytes(LAST_CHUNK);
            chunked = false;
        }
    }

    private static void hexadecimal(ByteBuf into, int number) {
        int digits = (Integer.SIZE + 3 - Integer.numberOfLeadingZeros(number)) >> 2;
        for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
            into.writeByte(HEX[number >> shift & 15]);
        }
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        batch.pass(ctx);
        ctx.flush();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        batch.release();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
