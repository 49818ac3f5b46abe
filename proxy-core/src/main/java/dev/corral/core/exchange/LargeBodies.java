package dev.corral.core.exchange;

import dev.corral.core.body.BodyBuffers;
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
 * of a second. One thread, which exists while there are such bodies, and a bounded queue. When it has had nothing to do
 * for some seconds it tidies up the buffers of large bodies. Any thread.
 */
final class LargeBodies implements AutoCloseable {
    /** From this many bytes on. What is smaller takes a few milliseconds at the very worst. */
    static final int LARGE = 512 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(LargeBodies.class);
    // Bodies are bounded by their budget first.
    private static final int WAITING = 256;
    private static final long SECONDS = 10;

    // The one thread's.
    private final JsonFieldScanner scanner = new JsonFieldScanner();
    private final ThreadPoolExecutor thread;
    private final BodyBuffers buffers = new BodyBuffers(this::wake);

    LargeBodies() {
        thread = new ThreadPoolExecutor(1, 1, SECONDS, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING), task -> {
            Thread reader = new Thread(() -> work(task), "corral-large-bodies");
            reader.setDaemon(true);
            return reader;
        });
        thread.allowCoreThreadTimeOut(true);
    }

    /** Where large bodies are collected. */
    BodyBuffers buffers() {
        return buffers;
    }

    private void work(Runnable untilIdle) {
        untilIdle.run();
        if (buffers.tidy()) {
            wake();
        }
    }

    /** Sees to it that the thread is there, and so will be idle sometime. */
    private void wake() {
        thread.prestartCoreThread();
    }

    /**
     * Reads a body later.
     *
     * @param body borrowed until {@code then} is called; must not change
     * @param unwanted set when nobody waits for it any more: then it is not read
     * @param read called on this class's thread
     * @param loop where to go on
     * @param then is called exactly once, with what was decided, or null if nothing could be; on the loop, unless that has
     *     ended
     * @return false if too many wait already
     */
    boolean read(
            ByteBuf body,
            AtomicBoolean unwanted,
            BiFunction<JsonFieldScanner, ByteBuffer, PolicyDecision> read,
            Executor loop,
            Consumer<@Nullable PolicyDecision> then) {
        try {
            thread.execute(() -> {
                PolicyDecision decision = decide(body, unwanted, read);
                try {
                    loop.execute(() -> then.accept(decision));
                } catch (RejectedExecutionException ended) {
                    then.accept(decision);
                }
            });
            return true;
        } catch (RejectedExecutionException full) {
            return false;
        }
    }

    private @Nullable PolicyDecision decide(
            ByteBuf body, AtomicBoolean unwanted, BiFunction<JsonFieldScanner, ByteBuffer, PolicyDecision> read) {
        if (unwanted.get() || thread.isShutdown()) {
            return null;
        }
        try {
            return read.apply(scanner, body.nioBuffer());
        } catch (RuntimeException e) {
            LOG.error("a large body could not be decided on", e);
            return null;
        }
    }

    /** Ends the thread; what still waits is given back unread. */
    @Override
    public void close() {
        thread.shutdown();
        buffers.close();
    }
}
