package dev.corral.core.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import org.jspecify.annotations.Nullable;

/**
 * What an encoder has written since the last flush, small things copied together: a head and the body behind it, or the
 * tokens of one read, leave with one plain send instead of a gathering one of many pieces. Holds at most {@link #FULL}
 * bytes and one piece, which do not count for the channel's water marks. Confined to the channel's event loop.
 */
final class WriteBatch {
    /** What is larger is not copied but passed on as it is. */
    private static final int COPIED = 4 << 10;

    private static final int FULL = 16 << 10;

    private @Nullable ByteBuf bytes;

    /**
     * A buffer to append to.
     *
     * @param more about how many bytes will be
     */
    ByteBuf room(ChannelHandlerContext ctx, int more) {
        ByteBuf batch = bytes;
        if (batch != null && batch.readableBytes() + more > FULL) {
            pass(ctx);
            batch = null;
        }
        if (batch == null) {
            batch = ctx.alloc().ioBuffer(more);
            bytes = batch;
        }
        return batch;
    }

    /** How much room content of this length takes: none if it is passed on. */
    static int copied(int length) {
        return length <= COPIED ? length : 0;
    }

    /** Appends content, or passes it on behind what there is. Takes ownership. */
    void add(ChannelHandlerContext ctx, ByteBuf content) {
        int length = content.readableBytes();
        if (length > COPIED) {
            pass(ctx);
            ctx.write(content, ctx.voidPromise());
        } else {
            try {
                room(ctx, length).writeBytes(content);
            } finally {
                content.release();
            }
        }
    }

    /** Passes on what there is. */
    void pass(ChannelHandlerContext ctx) {
        ByteBuf batch = bytes;
        if (batch != null) {
            bytes = null;
            ctx.write(batch, ctx.voidPromise());
        }
    }

    /** Passes on what there is, and completes the promise with the last of it; nothing may have been passed on since. */
    void pass(ChannelHandlerContext ctx, ChannelPromise promise) {
        ByteBuf batch = bytes;
        bytes = null;
        ctx.write(batch == null ? Unpooled.EMPTY_BUFFER : batch, promise);
    }

    /** Gives back what will not be sent. */
    void release() {
        if (bytes != null) {
            bytes.release();
            bytes = null;
        }
    }
}
