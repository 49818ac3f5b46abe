package dev.corral.auth.scheme;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What takes too long for an event loop, on threads of its own: bounded, and so that nobody takes all places. Any thread;
 * does not block. Threads end while there is nothing to do.
 */
public final class WorkBeside implements AutoCloseable {
    private static final int NETWORK_BYTES = 8;

    private final ThreadPoolExecutor workers;
    private final int share;
    private final Map<ByteBuffer, Integer> waiting = new HashMap<>();

    /**
     * No thread runs yet.
     *
     * @param threads how much is done at one time
     * @param queue how much waits
     * @param share how much of that on one side's behalf, at least 1
     */
    public WorkBeside(String name, int threads, int queue, int share) {
        this.share = share;
        workers = new ThreadPoolExecutor(
                threads, threads, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(queue), work -> thread(work, name));
        workers.allowCoreThreadTimeOut(true);
    }

    private static Thread thread(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Does it soon.
     *
     * @param place on whose behalf, such as {@link #of}; not changed any more
     * @return what it answers, or how it fails; null where too much waits already, or too much for these
     */
    public <T> @Nullable CompletionStage<T> submit(ByteBuffer place, Supplier<T> work) {
        if (!enter(place)) {
            return null;
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            workers.execute(() -> run(work, place, answer));
        } catch (RejectedExecutionException e) {
            leave(place);
            return null;
        }
        return answer;
    }

    private <T> void run(Supplier<T> work, ByteBuffer place, CompletableFuture<T> answer) {
        T done;
        try {
            done = work.get();
        } catch (RuntimeException | Error e) {
            leave(place);
            answer.completeExceptionally(e);
            return;
        }
        leave(place);
        answer.complete(done);
    }

    private synchronized boolean enter(ByteBuffer place) {
        int there = waiting.getOrDefault(place, 0);
        if (there >= share) {
            return false;
        }
        waiting.put(place, there + 1);
        return true;
    }

    private synchronized void leave(ByteBuffer place) {
        waiting.computeIfPresent(place, (key, there) -> there == 1 ? null : there - 1);
    }

    /** On behalf of an address, or of its IPv6 network of 64 bits, which one subscriber has whole. */
    public static ByteBuffer of(InetAddress from) {
        byte[] address = from.getAddress();
        return ByteBuffer.wrap(address, 0, from instanceof Inet6Address ? NETWORK_BYTES : address.length);
    }

    /** Ends the threads; what waits is never answered. */
    @Override
    public void close() {
        workers.shutdownNow();
    }
}
