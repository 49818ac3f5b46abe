package dev.corral.core.body;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import dev.corral.core.body.BodyCollector.Verdict;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes a zstd body (RFC 8878) piece by piece into a {@link BodyCollector}, which charges and bounds what comes out:
 * however much a piece would become, decoding ends where the bound is passed. Frames follow one another as in Ollama's
 * own decoder; a window over 8 MiB, a dictionary, a wrong checksum and bytes that are no frame are refused.
 *
 * <p>The library's memory is outside the JVM's bounds: a fixed share is reserved in the budget, and the window becomes
 * resident no faster than bytes are decoded, which are charged. Confined to one event loop. {@link #close} must be
 * called, on every path.
 */
public final class ZstdInflater implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ZstdInflater.class);

    /** What one of these costs besides its window: tables, and one block in and out. */
    static final int RESERVED = 512 << 10;

    /** The most that Ollama itself decodes, in bytes (server/cloud_proxy.go, middleware/openai.go). */
    public static final long MAX_DECODED = 20 << 20;

    // Ollama's limit: zstd.WithDecoderMaxMemory(8<<20), which bounds the window as well.
    private static final int MAX_WINDOW_LOG = 23;
    private static final int PIECE = 32 << 10;

    private static final boolean AVAILABLE = load();

    private final BodyCollector into;
    private final ZstdDecompressCtx context = new ZstdDecompressCtx();
    private boolean betweenFrames = true;
    private boolean closed;

    private ZstdInflater(BodyCollector into) {
        this.into = into;
        context.setLongMax(MAX_WINDOW_LOG);
    }

    /** Whether the native library could be loaded here; the first call blocks for some milliseconds. */
    public static boolean available() {
        return AVAILABLE;
    }

    /**
     * Begins a body.
     *
     * @param into where the decoded bytes go
     * @return null if the budget has nothing left for it
     */
    public static @Nullable ZstdInflater open(BodyCollector into) {
        return into.reserve(RESERVED) ? new ZstdInflater(into) : null;
    }

    /**
     * Decodes a piece.
     *
     * @param piece borrowed
     */
    public Verdict add(ByteBuf piece, ByteBufAllocator allocator) {
        if (!piece.isReadable()) {
            return Verdict.TAKEN;
        }
        if (piece.isDirect() && piece.nioBufferCount() == 1) {
            return decode(piece.nioBuffer(), allocator);
        }
        ByteBuf direct = allocator.directBuffer(piece.readableBytes());
        try {
            direct.writeBytes(piece, piece.readerIndex(), piece.readableBytes());
            return decode(direct.nioBuffer(), allocator);
        } finally {
            direct.release();
        }
    }

    private Verdict decode(ByteBuffer from, ByteBufAllocator allocator) {
        ByteBuf room = allocator.directBuffer(PIECE, PIECE);
        try {
            ByteBuffer decoded = room.nioBuffer(0, PIECE);
            int start = decoded.position();
            int end = decoded.limit();
            do {
                decoded.position(start);
                int before = from.remaining();
                betweenFrames = context.decompressDirectByteBufferStream(decoded, from);
                int more = decoded.position() - start;
                if (more == 0 && before > 0 && before == from.remaining()) {
                    return Verdict.UNREADABLE;
                }
                room.setIndex(0, more);
                Verdict verdict = into.add(room, allocator);
                if (verdict != Verdict.TAKEN) {
                    return verdict;
                }
                // A full room may have left decoded bytes behind; at the end of a frame there are none.
            } while (from.hasRemaining() || decoded.position() == end && !betweenFrames);
            return Verdict.TAKEN;
        } catch (ZstdException e) {
            return Verdict.UNREADABLE;
        } finally {
            room.release();
        }
    }

    /** Whether the body could end here: no frame is open. */
    public boolean complete() {
        return betweenFrames;
    }

    /** Gives the library's memory back. Idempotent. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            context.close();
            into.unreserve();
        }
    }

    private static boolean load() {
        try (ZstdDecompressCtx probe = new ZstdDecompressCtx()) {
            probe.setLongMax(MAX_WINDOW_LOG);
            return true;
        } catch (LinkageError | RuntimeException e) {
            LOG.warn("request bodies coded with zstd are refused: its library cannot be loaded here: {}", e.toString());
            return false;
        }
    }
}
