package dev.corral.core.exchange;

import dev.corral.core.spi.NanoClock;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All deadlines of one event loop. One periodic task looks at every waiting party; setting, moving and clearing a
 * deadline is a field write, so that a streamed token costs no timer operation. A deadline is noticed at most one tick
 * late. The tick's own lateness is the loop's lag. Confined to the event loop.
 */
public final class Deadlines {
    private static final Logger LOG = LoggerFactory.getLogger(Deadlines.class);

    static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final NanoClock clock;
    private final List<Deadline> waiting = new ArrayList<>();
    private long nextTick;

    public Deadlines(NanoClock clock) {
        this.clock = clock;
    }

    /**
     * Begins ticking.
     *
     * @param lag told how late each tick came, in nanoseconds
     * @param housekeeping run about once a second
     */
    public void start(EventLoop loop, LongConsumer lag, Runnable housekeeping) {
        nextTick = System.nanoTime() + TICK_NANOS;
        var unused = loop.scheduleAtFixedRate(
                new Runnable() {
                    private int ticks;

                    @Override
                    public void run() {
                        long now = System.nanoTime();
                        long late = Math.max(0, now - nextTick);
                        nextTick = now + TICK_NANOS;
                        // A task that throws is never run again, and with it all deadlines would be gone.
                        guarded(() -> lag.accept(late));
                        expire();
                        if (++ticks % 20 == 0) {
                            guarded(housekeeping);
                        }
                    }
                },
                TICK_NANOS,
                TICK_NANOS,
                TimeUnit.NANOSECONDS);
    }

    /** A new party, with nothing to wait for yet. {@link Deadline#retire} must follow. */
    public Deadline register(Runnable expired) {
        Deadline deadline = new Deadline(this, expired, waiting.size());
        waiting.add(deadline);
        return deadline;
    }

    private void expire() {
        long now = clock.nanos();
        // Backwards, because an expiry may retire its own entry, and the last one takes a retired one's place.
        for (int i = waiting.size() - 1; i >= 0; i--) {
            if (i < waiting.size()) {
                Deadline deadline = waiting.get(i);
                if (deadline.due(now)) {
                    guarded(deadline.expired);
                }
            }
        }
    }

    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("a task of an event loop failed", e);
        }
    }

    /** One connection's deadline: what it waits for at the moment, and until when. */
    public static final class Deadline {
        /** What can be waited for; the names of the settings. */
        public enum Name {
            NONE,
            HEADERS,
            DECISION,
            QUEUE,
            KEEP_ALIVE,
            BODY_PROGRESS,
            FIRST_BYTE,
            STREAM_IDLE,
            CLIENT_STALL
        }

        private final Deadlines owner;
        private final Runnable expired;
        private int index;
        private Name name = Name.NONE;
        private long at;

        private Deadline(Deadlines owner, Runnable expired, int index) {
            this.owner = owner;
            this.expired = expired;
            this.index = index;
        }

        /** What is waited for. */
        public Name name() {
            return name;
        }

        /** Waits for something else, or again, from now on. */
        public void await(Name next, long nanos) {
            name = next;
            at = owner.clock.nanos() + nanos;
        }

        /** Waits for nothing. */
        public void clear() {
            name = Name.NONE;
        }

        /** Waits never again. Idempotent. */
        public void retire() {
            name = Name.NONE;
            if (index < 0) {
                return;
            }
            List<Deadline> waiting = owner.waiting;
            Deadline last = waiting.remove(waiting.size() - 1);
            if (last != this) {
                waiting.set(index, last);
                last.index = index;
            }
            index = -1;
        }

        private boolean due(long now) {
            return name != Name.NONE && now - at >= 0;
        }
    }
}
