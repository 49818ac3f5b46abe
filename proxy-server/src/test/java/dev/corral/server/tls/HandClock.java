package dev.corral.server.tls;

import dev.corral.core.spi.NanoClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Stands still until a test moves it. */
public final class HandClock implements NanoClock {
    private final AtomicLong millis;

    public HandClock(Instant start) {
        millis = new AtomicLong(start.toEpochMilli());
    }

    public Instant now() {
        return Instant.ofEpochMilli(millis.get());
    }

    public void advance(Duration by) {
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
