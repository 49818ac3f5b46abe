package dev.corral.server.tls.store;

import dev.corral.core.tls.CertificateBundle;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A daemon thread that looks from time to time whether a certificate has to be renewed, and what came of it. */
public final class Renewal implements AutoCloseable {
    private final Ticker ticker;
    private final AtomicLong failures = new AtomicLong();
    // Written before the thread starts.
    private Consumer<List<CertificateBundle>> changed = all -> {};

    /**
     * Begins with {@link #start}.
     *
     * @param name the thread's
     * @param look one look, which does not throw; returns how long to wait for the next
     */
    public Renewal(String name, Supplier<Duration> look) {
        this.ticker = new Ticker(name, look);
    }

    /** Begins, with a look. Call once. */
    void start(Consumer<List<CertificateBundle>> told) {
        changed = told;
        ticker.start();
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
        ticker.close();
    }
}
