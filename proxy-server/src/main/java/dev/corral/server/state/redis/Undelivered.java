package dev.corral.server.state.redis;

import dev.corral.core.spi.NanoClock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Settlements that Redis has not confirmed, oldest first, until it does. Bounded: the oldest go first. Any thread. */
final class Undelivered {
    private static final Logger LOG = LoggerFactory.getLogger(Undelivered.class);
    private static final int MOST = 100_000;
    private static final int AT_ONCE = 256;
    private static final long LOUD_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final LimitScripts scripts;
    private final NanoClock clock;
    private final ArrayDeque<Settlement> waiting = new ArrayDeque<>();
    private final AtomicLong under = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private long loudAt;

    Undelivered(LimitScripts scripts, NanoClock clock) {
        this.scripts = scripts;
        this.clock = clock;
        this.loudAt = clock.nanos() - LOUD_NANOS;
    }

    /** Sends it now, and again later where that fails. Does not block. */
    void deliver(Settlement settlement) {
        under.incrementAndGet();
        scripts.settle(settlement).whenComplete((done, e) -> {
            if (e != null) {
                keep(settlement);
            }
            under.decrementAndGet();
        });
    }

    /** Sends what waits, some hundred at a time. */
    void again() {
        List<Settlement> batch = new ArrayList<>();
        synchronized (waiting) {
            while (!waiting.isEmpty() && batch.size() < AT_ONCE) {
                batch.add(waiting.poll());
            }
        }
        batch.forEach(this::deliver);
    }

    private void keep(Settlement settlement) {
        synchronized (waiting) {
            waiting.add(settlement);
            if (waiting.size() <= MOST) {
                return;
            }
            waiting.poll();
            lost.incrementAndGet();
            if (clock.nanos() - loudAt < LOUD_NANOS) {
                return;
            }
            loudAt = clock.nanos();
        }
        LOG.error(
                "Redis has been away for so long that what {} requests used is not counted on any limit (expected: at"
                        + " most {} requests to end meanwhile)",
                lost.get(),
                MOST);
    }

    int size() {
        synchronized (waiting) {
            return waiting.size();
        }
    }

    /** Settlements of which the answer is awaited. */
    long delivering() {
        return under.get();
    }

    long lost() {
        return lost.get();
    }
}
