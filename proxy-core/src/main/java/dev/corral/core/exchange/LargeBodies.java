package dev.corral.core.exchange;

import dev.corral.core.body.JsonFieldScanner;
import dev.corral.core.policy.PolicyDecision;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the bodies that could keep an event loop from everybody else: the worst 32 MiB keep the scanner busy for a third
 * of a second. One thread, which exists while there are such bodies, and a bounded queue. Any thread.
 */
final class LargeBodies implements AutoCloseable {
    /** From this many bytes on. What is smaller takes a few milliseconds at the very worst. */
    static final int LARGE = 512 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(LargeBodies.class);
    // What waits for an exchange that is over is in nobody's budget, until its turn comes and it is given back unread.
    private static final int WAITING = 8;
    private static final long SECONDS = 10;

    // The one thread's.
    private final JsonFieldScanner scanner = new JsonFieldScanner();
    private final ThreadPoolExecutor thread;

    LargeBodies() {
        thread = new ThreadPoolExecutor(1, 1, SECONDS, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING), task -> {
            Thread reader = new Thread(task, "corral-large-bodies");
            reader.setDaemon(true);
            return reader;
        });
        thread.allowCoreThreadTimeOut(true);
    }

    /**
     * Reads a body later.
     *
     * @param body borrowed; kept until it has been read, whatever becomes of its exchange
     * @param unwanted set when its exchange is over: then it is given back unread
     * @param read called on this class's thread
     * @param loop where to go on
     * @param then what to go on with, given what was decided; null if nothing could be
     * @return false if too many wait already
     */
    boolean read(
            ByteBuf body,
            AtomicBoolean unwanted,
            BiFunction<JsonFieldScanner, ByteBuffer, PolicyDecision> read,
            Executor loop,
            Consumer<@Nullable PolicyDecision> then) {
        ByteBuf kept = body.retainedDuplicate();
        try {
            thread.execute(() -> {
                PolicyDecision decision = decide(kept, unwanted, read);
                try {
                    loop.execute(() -> then.accept(decision));
                } catch (RejectedExecutionException e) {
                    LOG.debug("a large body was read in vain: its event loop has ended");
                }
            });
            return true;
        } catch (RejectedExecutionException full) {
            kept.release();
            return false;
        }
    }

    private @Nullable PolicyDecision decide(
            ByteBuf kept, AtomicBoolean unwanted, BiFunction<JsonFieldScanner, ByteBuffer, PolicyDecision> read) {
        try {
            return unwanted.get() || thread.isShutdown() ? null : read.apply(scanner, kept.nioBuffer());
        } catch (RuntimeException e) {
            LOG.error("a large body could not be decided on", e);
            return null;
        } finally {
            kept.release();
        }
    }

    /** Ends the thread; what still waits is given back unread. */
    @Override
    public void close() {
        thread.shutdown();
    }
}
