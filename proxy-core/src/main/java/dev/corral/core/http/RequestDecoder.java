package dev.corral.core.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/** Netty's request decoder behind {@link HeadScanner}. A refused head arrives as a request with a failed result. */
final class RequestDecoder extends HttpRequestDecoder {
    private final HeadScanner scanner = new HeadScanner();
    private boolean inHead = true;
    private boolean refused;
    // Bytes from the reader index on that the scanner has seen and the decoder has not consumed.
    private int scanned;

    RequestDecoder(HttpDecoderConfig config) {
        super(config);
    }

    /** Whether part of a head has arrived and the rest is awaited. */
    boolean headBegun() {
        return inHead && !refused && scanner.begun();
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out) throws Exception {
        if (refused) {
            buffer.skipBytes(buffer.readableBytes());
            return;
        }
        if (inHead && !scan(buffer)) {
            refuse(buffer, out);
            return;
        }
        int before = buffer.readerIndex();
        int had = out.size();
        super.decode(ctx, buffer, out);
        scanned = Math.max(0, scanned - (buffer.readerIndex() - before));
        for (int i = had; i < out.size(); i++) {
            Object message = out.get(i);
            if (message instanceof LastHttpContent) {
                inHead = true;
                scanner.reset();
                scanned = 0;
            } else if (message instanceof HttpRequest) {
                inHead = false;
            }
        }
    }

    private boolean scan(ByteBuf buffer) {
        int unseen = buffer.readableBytes() - scanned;
        if (unseen <= 0 || scanner.complete()) {
            return true;
        }
        int stop = buffer.forEachByte(buffer.readerIndex() + scanned, unseen, scanner);
        scanned = stop < 0 ? buffer.readableBytes() : stop - buffer.readerIndex() + 1;
        return scanner.problem() == null;
    }

    private void refuse(ByteBuf buffer, List<Object> out) {
        refused = true;
        buffer.skipBytes(buffer.readableBytes());
        HttpRequest unread = new DefaultHttpRequest(HttpVersion.HTTP_1_1, UNREAD_METHOD, UNREAD_TARGET);
        unread.setDecoderResult(DecoderResult.failure(scanner.problem()));
        out.add(unread);
    }

    /** Stands in the place of a method that was not read. */
    static final HttpMethod UNREAD_METHOD = new HttpMethod("-");

    /** Stands in the place of a target that was not read. */
    static final String UNREAD_TARGET = "-";
}
