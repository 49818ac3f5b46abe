package dev.corral.server.log;

import dev.corral.core.spi.NanoClock;
import java.util.concurrent.TimeUnit;

/**
 * How many lines that strangers cause, or refusals, are written down in one second. More of them would only push what
 * happened before out of the rotated files; they are counted instead. Any thread.
 */
final class RefusalQuota {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final NanoClock clock;
    private final int perSecond;
    private long began;
    private int written;
    private long suppressed;

    RefusalQuota(NanoClock clock, int perSecond) {
        this.clock = clock;
        this.perSecond = perSecond;
        this.began = clock.nanos();
    }

    /**
     * Asks for one refusal to be written.
     *
     * @return -1 if it is only counted; otherwise how many were only counted since the last one was written
     */
    synchronized long take() {
        long now = clock.nanos();
        if (now - began >= SECOND) {
            began = now;
            written = 0;
        }
        if (written == perSecond) {
            suppressed++;
            return -1;
        }
        written++;
        return takeSuppressed();
    }

    /** How many were only counted; they are not told again. */
    synchronized long takeSuppressed() {
        long since = suppressed;
        suppressed = 0;
        return since;
    }
}
