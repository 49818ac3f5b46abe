package dev.corral.server.state;

import dev.corral.core.spi.NanoClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Stands still until a test moves it. */
final class HandClock implements NanoClock {
    private final AtomicLong millis;

    HandClock(String instant) {
        millis = new AtomicLong(Instant.parse(instant).toEpochMilli());
    }

    void advance(Duration by) {
        millis.addAndGet(by.toMillis());
    }

    @Override
    public long nanos() {
        return TimeUnit.MILLISECONDS.toNanos(millis.get());
    }

    @Override
    public long epochMillis() {
        return millis.get();
    }
}
