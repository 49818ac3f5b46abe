package dev.corral.server.log;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.spi.NanoClock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Refusals that a program which goes on asking gets again and again: one of each sort is written in a minute for a key,
 * and the others are counted. Any thread.
 */
final class RepeatedRefusals {
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    /** More than there are keys; beyond it all begins anew. */
    private static final int MAX = 10_000;

    private record Sort(String key, ErrorCode code) {}

    private static final class Since {
        private long written;
        private long suppressed;
    }

    private final NanoClock clock;
    private final Map<Sort, Since> bySort = new HashMap<>();

    RepeatedRefusals(NanoClock clock) {
        this.clock = clock;
    }

    /** Whether it says that somebody is to come back later, which programs do at once. */
    static boolean isOne(ErrorCode code) {
        return code.status() == ErrorCode.REQUEST_RATE.status();
    }

    /**
     * Asks for one refusal to be written.
     *
     * @return -1 if it is only counted; otherwise how many were only counted since the last one was written
     */
    synchronized long take(String key, ErrorCode code) {
        long now = clock.nanos();
        Sort sort = new Sort(key, code);
        Since since = bySort.get(sort);
        if (since == null) {
            if (bySort.size() == MAX) {
                bySort.clear();
            }
            since = new Since();
            since.written = now;
            bySort.put(sort, since);
            return 0;
        }
        if (now - since.written < MINUTE) {
            since.suppressed++;
            return -1;
        }
        long suppressed = since.suppressed;
        since.written = now;
        since.suppressed = 0;
        return suppressed;
    }

    /** How many were only counted; they are not told again. */
    synchronized long takeSuppressed() {
        long all = 0;
        for (Since since : bySort.values()) {
            all += since.suppressed;
            since.suppressed = 0;
        }
        return all;
    }
}
