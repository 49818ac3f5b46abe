package dev.corral.core.http;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponseDecoder;

/** Netty's response decoder, told which responses have no body because of the request's method. */
final class ResponseDecoder extends HttpResponseDecoder {
    private boolean bodiless;

    ResponseDecoder(HttpDecoderConfig config) {
        super(config);
    }

    void bodiless(boolean bodiless) {
        this.bodiless = bodiless;
    }

    /** Whether bytes are held that belong to no message yet. */
    boolean leftover() {
        return actualReadableBytes() > 0;
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        return bodiless || super.isContentAlwaysEmpty(message);
    }
}
