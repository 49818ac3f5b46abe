package dev.corral.auth.scheme;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What takes too long for an event loop, on threads of its own: bounded, and in turns, so that nobody takes all places or
 * makes others wait for more than one piece of theirs. Any thread; does not block. Threads end while there is nothing to
 * do.
 */
public final class WorkBeside implements AutoCloseable {
    private static final int NETWORK_BYTES = 8;

    private final ThreadPoolExecutor workers;
    private final Turns<Piece<?>> turns;

    private record Piece<T>(Supplier<T> work, T otherwise, CompletableFuture<T> answer) {
        /** Its answer, which others may act on at once. */
        Runnable done() {
            try {
                T found = work.get();
                return () -> answer.complete(found);
            } catch (RuntimeException | Error e) {
                return () -> answer.completeExceptionally(e);
            }
        }

        void giveUp() {
            answer.complete(otherwise);
        }
    }

    /**
     * No thread runs yet.
     *
     * @param threads how much is done at one time
     * @param queue how much waits
     * @param share how much of that on one side's behalf, what is being done included; at least 1
     */
    public WorkBeside(String name, int threads, int queue, int share) {
        turns = new Turns<>(queue, share);
        // As many entries as pieces wait, so the bound is that of the turns.
        workers = new ThreadPoolExecutor(
                threads, threads, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> thread(work, name));
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
     * @param otherwise the answer where it has to make room for the work of somebody who has less
     * @return what it answers, or how it fails; null where too much waits already, or too much for these
     */
    public <T> @Nullable CompletionStage<T> submit(ByteBuffer place, Supplier<T> work, T otherwise) {
        Piece<T> piece = new Piece<>(work, otherwise, new CompletableFuture<>());
        Turns.Entry<Piece<?>> entry = turns.enter(place, piece);
        if (entry instanceof Turns.Entry.Refused) {
            return null;
        }
        if (entry instanceof Turns.Entry.InPlaceOf<Piece<?>> instead) {
            instead.other().giveUp();
            return piece.answer();
        }
        try {
            workers.execute(this::next);
        } catch (RejectedExecutionException e) {
            // Closed: what waits is never done.
            return null;
        }
        return piece.answer();
    }

    private void next() {
        Turns.Turn<Piece<?>> turn = turns.next();
        if (turn != null) {
            Runnable answer = turn.work().done();
            turns.done(turn.place());
            answer.run();
        }
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
