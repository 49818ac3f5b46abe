package dev.corral.core.http;

import dev.corral.core.spi.NanoClock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Lets somebody who has much to say speak once a minute. Thread-safe. */
public final class Seldom {
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final NanoClock clock;
    private final AtomicLong last;

    public Seldom(NanoClock clock) {
        this.clock = clock;
        this.last = new AtomicLong(clock.nanos() - MINUTE);
    }

    /** Whether it is time again; true for one of all who ask. */
    public boolean now() {
        long before = last.get();
        long now = clock.nanos();
        return now - before >= MINUTE && last.compareAndSet(before, now);
    }
}
