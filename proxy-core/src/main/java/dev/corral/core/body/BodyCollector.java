package dev.corral.core.body;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;

/**
 * Collects one request body, declared or chunked, within its own limit and the process's budget. Bytes are copied into
 * one growing buffer: keeping a client's pieces as they came would let one-byte chunks pin whole read buffers, and
 * believing a declared length would let a client reserve what it never sends. The buffer takes at most 1 KiB or twice
 * the bytes that are charged.
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
    private ByteBuf body = Unpooled.EMPTY_BUFFER;
    private long charged;
    private long reserved;

    public BodyCollector(BodyBudget budget, String key, long limit) {
        this.budget = budget;
        this.key = key;
        this.limit = limit;
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
        if (body.maxCapacity() == 0) {
            body = allocator.buffer(Math.max(FIRST_CAPACITY, more));
        }
        body.writeBytes(piece);
        return Verdict.TAKEN;
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
