package dev.corral.server.tls.store;

import dev.corral.core.tls.CertificateBundle;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A daemon thread that looks from time to time whether a certificate has to be renewed, and what came of it. */
public final class Renewal implements AutoCloseable {
    private final Supplier<Duration> look;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final AtomicLong failures = new AtomicLong();
    private final Thread thread;
    // Written before the thread starts.
    private Consumer<List<CertificateBundle>> changed = all -> {};

    /**
     * Begins with {@link #start}.
     *
     * @param name the thread's
     * @param look one look, which does not throw; returns how long to wait for the next
     */
    public Renewal(String name, Supplier<Duration> look) {
        this.look = look;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    /** Begins, with a look. Call once. */
    void start(Consumer<List<CertificateBundle>> told) {
        changed = told;
        thread.start();
    }

    /** Tells of a new certificate, which takes the place of all before it. */
    public void renewed(CertificateBundle certificate) {
        changed.accept(List.of(certificate));
    }

    /**
     * Counts a failure.
     *
     * @return how many there were before
     */
    public long failed() {
        return failures.getAndIncrement();
    }

    /** How often renewing has failed since the start. Any thread. */
    long failures() {
        return failures.get();
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

    private boolean stopped(Duration within) {
        try {
            return stop.await(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
