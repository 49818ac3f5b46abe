package dev.corral.server.tls.store;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A daemon thread that looks from time to time whether there is something to do. */
public final class Ticker implements AutoCloseable {
    private final Supplier<Duration> look;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;

    /**
     * Begins with {@link #start}.
     *
     * @param look one look, which does not throw; returns how long to wait for the next
     */
    public Ticker(String name, Supplier<Duration> look) {
        this.look = look;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    /** Begins, with a look. Call once. */
    public void start() {
        thread.start();
    }

    /** Waits on the thread itself, in the middle of a look; true where it shall end. */
    public boolean stopped(Duration within) {
        try {
            return stop.await(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Ends the thread, also where it waits for somebody else's answer; returns at once. */
    @Override
    public void close() {
        stop.countDown();
        thread.interrupt();
    }

    private void run() {
        Duration next = Duration.ZERO;
        while (!stopped(next)) {
            next = look.get();
        }
    }
}
