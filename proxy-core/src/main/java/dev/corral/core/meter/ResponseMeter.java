package dev.corral.core.meter;

import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.Metering;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;

/**
 * Counts what one response carries while it passes, however it is split. Allocates nothing for each piece. Confined to
 * one event loop.
 */
public final class ResponseMeter {
    private ResponseMeter() {}

    /**
     * The reader of an answer of the upstream's with status 2xx.
     *
     * @param contentType of the response; decides whether it is a stream
     * @param cutUsage whether the chunk with the usage was asked for by Corral, so that the client must not see it
     */
    public static ResponseMeter of(Endpoint endpoint, String contentType, boolean cutUsage) {
        return new ResponseMeter();
    }

    /** Whether what passes is not always what came, so that a declared length means nothing. */
    public boolean cuts() {
        return false;
    }

    /**
     * Looks at a piece of the body.
     *
     * @param nanos the time it came
     * @param piece ownership passes
     * @return what the client gets now, perhaps nothing: {@code piece} itself, or an equal right to parts of it; owned by
     *     the caller
     */
    public ByteBuf pass(ByteBuf piece, long nanos, ByteBufAllocator alloc) {
        return piece;
    }

    /** What was kept back when the body ended, whole or not; owned by the caller. */
    public ByteBuf rest() {
        return Unpooled.EMPTY_BUFFER;
    }

    /** Gives back what is kept. Idempotent. */
    public void release() {}

    /**
     * What was seen. Where the upstream did not tell, pieces of content are tokens and the prompt is as estimated.
     *
     * @param startedNanos when the request head came
     * @param sentNanos when the request was sent to the upstream
     * @param endedNanos when the answer ended, whole or not
     * @param promptEstimate tokens
     */
    public Metering result(long startedNanos, long sentNanos, long endedNanos, long promptEstimate) {
        return Metering.NONE;
    }
}
