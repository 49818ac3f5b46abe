package dev.corral.core.body;

import dev.corral.core.spi.NanoClock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Direct memory for bodies that are too large for the allocator's pool, kept for the next one: fresh memory has to be
 * cleared and mapped, which costs more than all else that is done with a body. What is kept, lent or not, is bounded, so
 * that a body may have more of it than it has bytes yet: whoever declares much and sends little can make others go
 * without, which costs them time, but cannot make it more. Given back when it was not used for some seconds. Any thread;
 * one short lock for each such body.
 */
public final class BodyBuffers {
    /** From this many bytes on. What is smaller comes from the pool. */
    static final int SMALLEST = 32 << 10;

    private static final long MOST = 16 << 20;
    // With its least heap Corral keeps 2 MiB.
    private static final int SHARE_OF_HEAP = 32;
    // None takes more than this part.
    private static final int SHARE = 4;
    private static final long UNUSED_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final long limit;
    private final NanoClock clock;
    private final Runnable wake;
    private final List<Kept> all = new ArrayList<>();
    private long bytes;
    private long tidied;
    private boolean closed;

    private static final class Kept {
        private final ByteBuf buffer;
        private long usedAt;

        Kept(ByteBuf buffer) {
            this.buffer = buffer;
        }

        /** Nobody else has it: its users released what they had of it, slices and all. */
        boolean free() {
            return buffer.refCnt() == 1;
        }
    }

    /**
     * Keeps nothing yet.
     *
     * @param wake called when there is something to {@link #tidy} in some seconds; must not block
     */
    public BodyBuffers(Runnable wake) {
        this(Math.min(MOST, Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP), NanoClock.SYSTEM, wake);
    }

    BodyBuffers(long limit, NanoClock clock, Runnable wake) {
        this.limit = limit;
        this.clock = clock;
        this.wake = wake;
    }

    /**
     * An empty buffer that holds so many bytes, and no more than the next power of two.
     *
     * @return owned by the caller; null where all are lent, and for sizes that are not kept
     */
    @Nullable
    ByteBuf lend(long size) {
        if (size < SMALLEST || size > limit / SHARE) {
            return null;
        }
        int capacity = Integer.highestOneBit((int) size - 1) << 1;
        synchronized (this) {
            long now = clock.nanos();
            if (now - tidied > UNUSED_NANOS) {
                tidy();
            }
            Kept found = find(capacity);
            if (found != null) {
                found.usedAt = now;
                return found.buffer.retain().clear();
            }
            if (closed || !makeRoom(capacity)) {
                return null;
            }
            bytes += capacity;
        }
        return add(capacity);
    }

    /** Releases what was not used for some seconds; tells whether it wants to be called again. */
    public synchronized boolean tidy() {
        long now = clock.nanos();
        tidied = now;
        all.removeIf(kept -> kept.free() && now - kept.usedAt > UNUSED_NANOS && drop(kept));
        return !all.isEmpty();
    }

    /** Keeps nothing any more; what is lent lives until its users release it. */
    public synchronized void close() {
        closed = true;
        all.removeIf(this::drop);
    }

    /** How many bytes are kept, lent or not. */
    synchronized long kept() {
        return bytes;
    }

    private @Nullable Kept find(int capacity) {
        // The youngest first, so that what is not needed grows old.
        for (int i = all.size() - 1; i >= 0; i--) {
            Kept kept = all.get(i);
            if (kept.buffer.capacity() == capacity && kept.free()) {
                return kept;
            }
        }
        return null;
    }

    /** Drops what is free and of another size, as far as that is necessary. */
    private boolean makeRoom(int capacity) {
        Iterator<Kept> others = all.iterator();
        while (bytes + capacity > limit && others.hasNext()) {
            Kept kept = others.next();
            if (kept.free() && drop(kept)) {
                others.remove();
            }
        }
        return bytes + capacity <= limit;
    }

    private boolean drop(Kept kept) {
        bytes -= kept.buffer.capacity();
        kept.buffer.release();
        return true;
    }

    /** Not under the lock: clearing it takes a while. */
    private ByteBuf add(int capacity) {
        ByteBuf buffer = null;
        try {
            buffer = Unpooled.directBuffer(capacity, capacity);
        } finally {
            synchronized (this) {
                if (buffer == null || closed) {
                    bytes -= capacity;
                } else {
                    Kept kept = new Kept(buffer.retain());
                    kept.usedAt = clock.nanos();
                    all.add(kept);
                }
            }
        }
        wake.run();
        return buffer;
    }
}
