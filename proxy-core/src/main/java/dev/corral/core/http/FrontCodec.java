package dev.corral.core.http;

import dev.corral.core.Limits;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;

/**
 * The codec towards clients, strict where Netty's own is lenient. The encoder does no framing of its own accord: who
 * writes a response head decides it.
 */
public final class FrontCodec extends CombinedChannelDuplexHandler<RequestDecoder, MessageEncoder> {
    // "GET " and " HTTP/1.1" around the target; methods are short, longer ones are unknown anyway.
    private static final int REQUEST_LINE_OVERHEAD = 64;
    private static final int MAX_CONTENT_PIECE = 64 << 10;

    public FrontCodec(Limits limits) {
        this(config(limits));
    }

    /**
     * The same for many connections.
     *
     * @param config of {@link #config}
     */
    public FrontCodec(HttpDecoderConfig config) {
        super(new RequestDecoder(config), new MessageEncoder());
    }

    /** What the decoder goes by; never changed. */
    public static HttpDecoderConfig config(Limits limits) {
        return new HttpDecoderConfig()
                .setMaxInitialLineLength(limits.targetBytes() + REQUEST_LINE_OVERHEAD)
                .setMaxHeaderSize(limits.headerBytes())
                .setMaxChunkSize(MAX_CONTENT_PIECE)
                .setAllowDuplicateContentLengths(false)
                .setStrictLineParsing(true)
                .setUseRfc9112TransferEncoding(true)
                .setHeadersFactory(HeaderFields.FACTORY);
    }

    /** Whether part of a request head has arrived and the rest is awaited. */
    public boolean headBegun() {
        return inboundHandler().headBegun();
    }

    /** Stands for a request whose head never arrived whole. */
    public static HttpRequest unreadRequest() {
        return new DefaultHttpRequest(HttpVersion.HTTP_1_1, RequestDecoder.UNREAD_METHOD, RequestDecoder.UNREAD_TARGET);
    }
}
