package dev.corral.server.state.redis;

import dev.corral.core.spi.NanoClock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settlements that Redis has not confirmed, oldest first, until it does. Bounded: the oldest go first. One that Redis
 * refuses again and again is given up, as is one whose lease Redis has forgotten. Any thread.
 */
final class Undelivered {
    private static final Logger LOG = LoggerFactory.getLogger(Undelivered.class);
    private static final int MOST = 100_000;
    private static final int AT_ONCE = 256;
    private static final int REFUSALS = 5;
    private static final long LOUD_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final LimitScripts scripts;
    private final NanoClock clock;
    // Guards everything below.
    private final Object lock = new Object();
    private final ArrayDeque<Settlement> waiting = new ArrayDeque<>();
    private long under;
    private long lost;
    private long loudAt;

    Undelivered(LimitScripts scripts, NanoClock clock) {
        this.scripts = scripts;
        this.clock = clock;
        this.loudAt = clock.nanos() - LOUD_NANOS;
    }

    /** Sends it now, and again later where that fails. Does not block. */
    void deliver(Settlement settlement) {
        synchronized (lock) {
            under++;
        }
        send(settlement);
    }

    /** Sends what waits, some hundred at a time. */
    void again() {
        List<Settlement> batch = new ArrayList<>();
        synchronized (lock) {
            while (!waiting.isEmpty() && batch.size() < AT_ONCE) {
                batch.add(waiting.poll());
            }
            under += batch.size();
        }
        batch.forEach(this::send);
    }

    private void send(Settlement settlement) {
        scripts.settle(settlement).whenComplete((known, e) -> {
            String loss = e == null ? delivered(settlement, known) : failed(settlement, e);
            if (loss != null) {
                LOG.error(
                        "what requests used is not counted on any limit: {}; {} of them since the start (expected: none)",
                        loss,
                        lost());
            }
        });
    }

    // One that may have been charged before is not known any more, as it should be.
    private @Nullable String delivered(Settlement settlement, long known) {
        synchronized (lock) {
            under--;
            boolean forgotten = known < settlement.lease().accounts().size();
            return forgotten && settlement.tokens() > 0 && !settlement.doubtful()
                    ? loses("Redis does not know that they began")
                    : null;
        }
    }

    private @Nullable String failed(Settlement settlement, Throwable e) {
        Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
        boolean refused = RedisConnector.refused(e);
        synchronized (lock) {
            under--;
            if (refused && settlement.refusals() + 1 >= REFUSALS) {
                return loses("Redis refuses it (" + RedisConnector.reason(e) + ")");
            }
            if (refused) {
                waiting.add(settlement.refused());
            } else {
                // Where Redis was known to be away, nothing was sent.
                waiting.add(cause instanceof RedisAwayException ? settlement : settlement.doubted());
            }
            if (waiting.size() <= MOST) {
                return null;
            }
            waiting.poll();
            return loses("Redis has been away while more than " + MOST + " ended");
        }
    }

    // What to shout; null where that was done a moment ago.
    private @Nullable String loses(String why) {
        lost++;
        if (clock.nanos() - loudAt < LOUD_NANOS) {
            return null;
        }
        loudAt = clock.nanos();
        return why;
    }

    /** Settlements that Redis has not confirmed. */
    int size() {
        synchronized (lock) {
            return (int) Math.min(Integer.MAX_VALUE, waiting.size() + under);
        }
    }

    /** Settlements given up. */
    long lost() {
        synchronized (lock) {
            return lost;
        }
    }
}
