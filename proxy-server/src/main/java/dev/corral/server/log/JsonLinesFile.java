package dev.corral.server.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bounded queue and the daemon thread that encodes what is in it and writes it in batches. A full queue or a failing
 * disk costs lines, which are counted and complained about once a minute, never time of the caller's; writing resumes
 * by itself.
 *
 * <p>{@code offer} may be called on any thread and does not block, however long the disk does.
 *
 * @param <T> what is queued; immutable, since it is encoded later on another thread
 */
final class JsonLinesFile<T> {
    /** How long a line may wait before it is written. */
    static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final Logger LOG = LoggerFactory.getLogger(JsonLinesFile.class);
    private static final long COMPLAINT_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int BATCH_BYTES = 64 << 10;
    private static final int RESERVED = 256;

    private final String name;
    private final LineSink sink;
    private final int capacity;
    private final BiConsumer<? super T, JsonLine> encoder;
    private final ConcurrentLinkedQueue<T> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queued = new AtomicInteger();
    private final AtomicLong lines = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final Thread writer;
    private volatile boolean closing;

    // The writer's own.
    private final JsonLine line = new JsonLine();
    private final ByteBuffer batch = ByteBuffer.allocateDirect(BATCH_BYTES);
    private @Nullable String trouble;
    private boolean complained;
    private long complainedAt;
    private long complainedDropped;

    /**
     * @param name of the log, for the thread and for complaints
     * @param capacity lines that may wait
     * @param encoder fills a line between its braces; called on the writer's thread
     */
    JsonLinesFile(String name, LogTarget target, int capacity, BiConsumer<? super T, JsonLine> encoder) {
        this.name = name;
        this.sink = target.file() == null ? new StandardOutput() : new RotatingFile(target.file(), target);
        this.capacity = capacity;
        this.encoder = encoder;
        this.writer = new Thread(this::run, "corral-log-" + name);
        writer.setDaemon(true);
        writer.start();
    }

    /** Queues a line, or drops it. */
    void offer(T entry) {
        offer(entry, capacity);
    }

    /** The same, with room that {@link #offer(Object)} cannot use up. */
    void offerReserved(T entry) {
        offer(entry, capacity + RESERVED);
    }

    LogCounts counts() {
        return new LogCounts(lines.get(), dropped.get());
    }

    /** Writes what is queued; gives up after the deadline, with the rest counted as dropped. Idempotent. */
    void close(Duration deadline) {
        closing = true;
        LockSupport.unpark(writer);
        boolean interrupted = false;
        try {
            writer.join(Math.max(1, deadline.toMillis()));
        } catch (InterruptedException e) {
            interrupted = true;
        }
        // A writer that still hangs in a system call is left alone: to interrupt it could make this thread hang, too.
        int lost = 0;
        while (queue.poll() != null) {
            lost++;
        }
        dropped.addAndGet(lost);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void offer(T entry, int limit) {
        int waiting = queued.incrementAndGet();
        if (closing || waiting > limit) {
            queued.decrementAndGet();
            dropped.incrementAndGet();
            return;
        }
        queue.add(entry);
        if (waiting == capacity / 2) {
            // The one case in which the pause is too long. Otherwise callers are spared the wake-up.
            LockSupport.unpark(writer);
        }
    }

    private void run() {
        boolean healthy = prepare();
        while (true) {
            boolean last = closing;
            if (!last && (queue.isEmpty() || !healthy)) {
                LockSupport.parkNanos(this, PAUSE_NANOS);
            }
            while (!queue.isEmpty()) {
                healthy = writeBatch();
                complain();
                if (!healthy && !last) {
                    break;
                }
            }
            complain();
            if (last) {
                sink.close();
                return;
            }
        }
    }

    /** Opens the file early, so that trouble with it shows at the start and not with the first line. */
    private boolean prepare() {
        try {
            sink.prepare();
            return true;
        } catch (IOException | RuntimeException e) {
            trouble = describe(e);
            return false;
        }
    }

    /** Writes as much of the queue as fits the buffer. Returns whether all went well. */
    private boolean writeBatch() {
        batch.clear();
        int count = 0;
        while (batch.remaining() >= JsonLine.MAX_BYTES) {
            T entry = queue.poll();
            if (entry == null) {
                break;
            }
            queued.decrementAndGet();
            if (encode(entry)) {
                batch.put(line.bytes(), 0, line.length());
                count++;
            }
        }
        batch.flip();
        int written = 0;
        try {
            sink.write(batch);
            written = count;
            return true;
        } catch (IOException | RuntimeException e) {
            trouble = describe(e);
            written = lineFeeds(batch);
            return false;
        } finally {
            lines.addAndGet(written);
            dropped.addAndGet(count - written);
        }
    }

    private boolean encode(T entry) {
        try {
            line.begin();
            encoder.accept(entry, line);
            line.end();
            return true;
        } catch (RuntimeException e) {
            trouble = "cannot encode a line: " + describe(e);
            dropped.incrementAndGet();
            return false;
        }
    }

    /** Lines that are through: line feeds before the buffer's position. */
    private static int lineFeeds(ByteBuffer buffer) {
        int count = 0;
        for (int i = 0; i < buffer.position(); i++) {
            if (buffer.get(i) == '\n') {
                count++;
            }
        }
        return count;
    }

    private void complain() {
        long lost = dropped.get();
        if (trouble == null && lost == complainedDropped) {
            return;
        }
        long now = System.nanoTime();
        if (complained && now - complainedAt < COMPLAINT_NANOS) {
            return;
        }
        LOG.error(
                "{} log {}: {}; {} lines lost since the start ({} since the last report)",
                name,
                sink,
                trouble == null ? "lines come faster than they can be written" : trouble,
                lost,
                lost - complainedDropped);
        trouble = null;
        complained = true;
        complainedAt = now;
        complainedDropped = lost;
    }

    private static String describe(Exception e) {
        return e.getClass().getSimpleName() + ": " + e.getMessage();
    }
}
