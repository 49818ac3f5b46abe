package dev.corral.core.testkit;

import dev.corral.core.spi.NanoClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that moves only when told to. Thread-safe. */
public final class TestClock implements NanoClock {
    // 2026-01-01T00:00:00Z
    private static final long EPOCH_MILLIS = 1_767_225_600_000L;

    private final AtomicLong nanos;
    private final long start;

    public TestClock() {
        this(0);
    }

    /** Starts elsewhere, for instance shortly before the overflow that {@link System#nanoTime} permits. */
    public TestClock(long startNanos) {
        this.nanos = new AtomicLong(startNanos);
        this.start = startNanos;
    }

    @Override
    public long nanos() {
        return nanos.get();
    }

    @Override
    public long epochMillis() {
        return EPOCH_MILLIS + Duration.ofNanos(nanos.get() - start).toMillis();
    }

    public void advance(Duration by) {
        nanos.addAndGet(by.toNanos());
    }
}
