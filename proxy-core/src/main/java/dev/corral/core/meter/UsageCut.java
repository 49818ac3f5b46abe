package dev.corral.core.meter;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Takes bytes out of a stream of events, once a whole event has told which. Whole events pass at once; at most one that
 * is not whole is kept, up to a bound: a longer one passes as it is. Positions count from the stream's first byte.
 * Confined to one thread.
 */
final class UsageCut {
    /** The longest event, in bytes, that is kept until it is whole. */
    static final int LONGEST_EVENT = 64 << 10;

    private @Nullable ByteBuf kept;
    // Of the piece at hand.
    private ByteBuf piece = Unpooled.EMPTY_BUFFER;
    private @Nullable ByteBufAllocator alloc;
    private long start;
    // What stands before it has been put into out, or was cut.
    private long settled;
    private @Nullable ByteBuf out;

    /** A piece begins at a position; borrowed until {@link #end}. */
    void begin(ByteBuf comes, ByteBufAllocator allocator, long position) {
        piece = comes;
        alloc = allocator;
        start = position;
        settled = position;
        out = null;
    }

    /** Takes bytes of an event out that has just ended and is no longer than the bound. In the order of the bytes. */
    void cut(long from, long to) {
        ByteBuf held = takeKept();
        if (from >= start) {
            put(from);
        } else if (held != null) {
            long first = start - held.readableBytes();
            remove(held, (int) (from - first), (int) (Math.min(to, start) - first));
        }
        settled = Math.max(settled, to);
    }

    /**
     * The end of the piece, which the caller owns no longer.
     *
     * @param eventStart where the event begins that is not whole
     * @return what the client gets now; owned by the caller
     */
    ByteBuf end(long eventStart) {
        long end = start + piece.readableBytes();
        ByteBuf held = kept;
        if (held != null && eventStart < start) {
            held.writeBytes(piece);
            piece.release();
            if (held.readableBytes() <= LONGEST_EVENT) {
                return Unpooled.EMPTY_BUFFER;
            }
            kept = null;
            return held;
        }
        takeKept();
        boolean keeps = eventStart >= start && eventStart < end && end - eventStart <= LONGEST_EVENT;
        if (keeps) {
            int length = (int) (end - eventStart);
            ByteBuf tail = allocator().ioBuffer(length);
            tail.writeBytes(piece, piece.writerIndex() - length, length);
            kept = tail;
        }
        long goes = keeps ? eventStart : end;
        ByteBuf whole = out;
        if (whole == null) {
            return piece.writerIndex(piece.readerIndex() + (int) (goes - start));
        }
        put(goes);
        piece.release();
        out = null;
        return whole;
    }

    /** What is kept; owned by the caller. */
    ByteBuf rest() {
        ByteBuf held = kept;
        kept = null;
        return held == null ? Unpooled.EMPTY_BUFFER : held;
    }

    /** What was kept goes first. */
    private @Nullable ByteBuf takeKept() {
        ByteBuf held = kept;
        if (held != null) {
            kept = null;
            out = held;
        }
        return held;
    }

    private static void remove(ByteBuf bytes, int from, int to) {
        int behind = bytes.writerIndex() - to;
        bytes.setBytes(from, bytes, to, behind);
        bytes.writerIndex(from + behind);
    }

    /** Puts what stands before a position, and was not cut, into what goes. */
    private void put(long to) {
        if (out == null) {
            out = allocator().ioBuffer(piece.readableBytes());
        }
        if (to > settled) {
            out.writeBytes(piece, piece.readerIndex() + (int) (settled - start), (int) (to - settled));
            settled = to;
        }
    }

    private ByteBufAllocator allocator() {
        return Objects.requireNonNull(alloc);
    }
}
