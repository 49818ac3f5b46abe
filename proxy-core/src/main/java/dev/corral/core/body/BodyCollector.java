package dev.corral.core.body;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Collects one request body, declared or chunked, within its own limit and the process's budget. Bytes are copied into
 * one growing buffer: keeping a client's pieces as they came would let one-byte chunks pin whole read buffers, and
 * believing a declared length would let a client reserve what it never sends. The buffer takes at most 1 KiB or twice
 * the bytes that are charged, unless it is one of the {@link BodyBuffers}, which are bounded together.
 *
 * <p>Confined to one event loop. {@link #release} must be called exactly once, on every path.
 */
public final class BodyCollector {
    /** What became of a piece. */
    public enum Verdict {
        TAKEN,
        TOO_LARGE,
        OVER_BUDGET,
        /** Not what its coding says; a plain body is never that. */
        UNREADABLE
    }

    private static final int FIRST_CAPACITY = 1 << 10;

    private final BodyBudget budget;
    private final String key;
    private final long limit;
    private final @Nullable BodyBuffers buffers;
    private final long declared;
    private ByteBuf body = Unpooled.EMPTY_BUFFER;
    private long charged;
    private long reserved;

    /** Collects into the allocator's buffers alone. */
    BodyCollector(BodyBudget budget, String key, long limit) {
        this(budget, key, limit, null, -1);
    }

    /**
     * Begins with nothing.
     *
     * @param buffers where a large body finds room, if there is any; null for none
     * @param declared how long the body says it will be; negative where it does not say
     */
    public BodyCollector(BodyBudget budget, String key, long limit, @Nullable BodyBuffers buffers, long declared) {
        this.budget = budget;
        this.key = key;
        this.limit = limit;
        this.buffers = buffers;
        this.declared = declared;
    }

    /**
     * Takes a piece's bytes.
     *
     * @param piece borrowed
     */
    public Verdict add(ByteBuf piece, ByteBufAllocator allocator) {
        int more = piece.readableBytes();
        if (more == 0) {
            return Verdict.TAKEN;
        }
        if (charged + more > limit) {
            return Verdict.TOO_LARGE;
        }
        if (!budget.take(key, more, reserved)) {
            return Verdict.OVER_BUDGET;
        }
        charged += more;
        if (body.writableBytes() < more) {
            widen(more, allocator);
        }
        body.writeBytes(piece);
        return Verdict.TAKEN;
    }

    /** Moves to a wider buffer, unless the present one is wide enough when it grows. */
    private void widen(int more, ByteBufAllocator allocator) {
        int needed = body.readableBytes() + more;
        ByteBuf wider = kept(needed);
        if (wider == null && body.maxWritableBytes() < more) {
            wider = allocator.buffer(Math.max(FIRST_CAPACITY, needed));
        }
        if (wider != null) {
            wider.writeBytes(body);
            body.release();
            body = wider;
        }
    }

    private @Nullable ByteBuf kept(int needed) {
        if (buffers == null) {
            return null;
        }
        ByteBuf whole = declared > needed ? buffers.lend(declared) : null;
        return whole == null ? buffers.lend(needed) : whole;
    }

    /** Takes a share of the budget for what decoding the body needs besides; false if there is none. At most once. */
    boolean reserve(long bytes) {
        if (!budget.take(key, bytes)) {
            return false;
        }
        reserved = bytes;
        return true;
    }

    /** Gives it back. Idempotent. */
    void unreserve() {
        budget.giveBack(key, reserved);
        reserved = 0;
    }

    /** The bytes so far; borrowed, valid until {@link #release}. */
    public ByteBuf body() {
        return body;
    }

    /** Gives the bytes and their share of the budget back. */
    public void release() {
        unreserve();
        budget.giveBack(key, charged);
        charged = 0;
        body.release();
        body = Unpooled.EMPTY_BUFFER;
    }
}
