package dev.corral.server.log;

import dev.corral.core.spi.NanoClock;
import java.util.concurrent.TimeUnit;

/** Lets one of something through in a minute and counts the others. Any thread. */
final class OncePerMinute {
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final NanoClock clock;
    private long passed;
    private long suppressed;
    private boolean any;

    OncePerMinute(NanoClock clock) {
        this.clock = clock;
    }

    /**
     * Asks for one.
     *
     * @return -1 if it is only counted; otherwise how many were only counted since the last one
     */
    synchronized long take() {
        long now = clock.nanos();
        if (any && now - passed < MINUTE) {
            suppressed++;
            return -1;
        }
        any = true;
        passed = now;
        long before = suppressed;
        suppressed = 0;
        return before;
    }
}
