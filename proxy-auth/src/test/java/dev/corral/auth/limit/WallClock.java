package dev.corral.auth.limit;

import dev.corral.core.spi.NanoClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** Two clocks that stand still until told: one that only advances, and one on the wall that can be set. */
final class WallClock implements NanoClock {
    private final AtomicLong nanos = new AtomicLong(-5);
    private final AtomicLong millis = new AtomicLong();

    WallClock(String instant) {
        set(instant);
    }

    /** Both advance. */
    void advance(Duration by) {
        nanos.addAndGet(by.toNanos());
        millis.addAndGet(by.toMillis());
    }

    /** Somebody sets the clock on the wall; no time passes. */
    void set(String instant) {
        millis.set(Instant.parse(instant).toEpochMilli());
    }

    @Override
    public long nanos() {
        return nanos.get();
    }

    @Override
    public long epochMillis() {
        return millis.get();
    }
}
