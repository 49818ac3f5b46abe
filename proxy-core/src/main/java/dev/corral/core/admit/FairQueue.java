package dev.corral.core.admit;

import dev.corral.core.QueueSettings;
import dev.corral.core.spi.NanoClock;
import dev.corral.core.spi.QueueStanding;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The places at one upstream and who waits for one, fair by key: weighted deficit round robin on tokens. Thread-safe;
 * never blocks for longer than a few steps on small structures.
 */
public final class FairQueue {
    /**
     * Nobody waits yet.
     *
     * @param loaded whether the upstream has the model in memory, by canonical name
     */
    public FairQueue(QueueSettings settings, NanoClock clock, Predicate<String> loaded) {}

    /**
     * Asks for a place.
     *
     * @param key whose turn it takes
     * @param weight of the key, from 1
     * @param cost tokens it is expected to use, from 1
     * @param model canonical name; null where none is named
     * @param loop where {@code turn} runs
     * @param turn called once when a waiting request gets its place, never where it got one at once; may come after
     *     {@link QueueTicket#leave}
     */
    public QueueTicket enter(String key, int weight, long cost, @Nullable String model, Executor loop, Runnable turn) {
        return new QueueTicket(QueueTicket.State.RUNNING);
    }

    /** Where a key stands now. */
    public QueueStanding standing(String key) {
        return new QueueStanding(0, List.of());
    }

    /** Requests that have a place. */
    public int running() {
        return 0;
    }

    /** Requests that wait. */
    public int waiting() {
        return 0;
    }
}
