package dev.corral.core.http;

import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.handler.codec.http.HttpDecoderConfig;

/** The codec towards the upstream: strict, bounded, and able to tell whether the connection is clean. */
public final class BackCodec extends CombinedChannelDuplexHandler<ResponseDecoder, MessageEncoder> {
    private static final int MAX_STATUS_LINE = 4 << 10;
    private static final int MAX_HEADER_BYTES = 64 << 10;
    private static final int MAX_CONTENT_PIECE = 64 << 10;

    public BackCodec() {
        super(
                new ResponseDecoder(new HttpDecoderConfig()
                        .setMaxInitialLineLength(MAX_STATUS_LINE)
                        .setMaxHeaderSize(MAX_HEADER_BYTES)
                        .setMaxChunkSize(MAX_CONTENT_PIECE)
                        .setAllowDuplicateContentLengths(false)
                        .setStrictLineParsing(true)
                        .setUseRfc9112TransferEncoding(true)
                        .setHeadersFactory(HeaderFields.FACTORY)),
                new MessageEncoder());
    }

    /**
     * Says what to expect before a request is written.
     *
     * @param bodiless whether the response to it has no body whatever its head says, as for HEAD
     */
    public void expect(boolean bodiless) {
        inboundHandler().bodiless(bodiless);
    }

    /** Whether bytes have arrived that belong to no message yet: such a connection is not clean. */
    public boolean leftover() {
        return inboundHandler().leftover();
    }
}
