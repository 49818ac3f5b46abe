package dev.corral.server.state;

import dev.corral.auth.limit.Spent;
import java.io.IOException;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Keeps usage by day, key and model. Blocks; for one thread at a time. */
public interface UsageStore extends AutoCloseable {
    /**
     * Adds to what is there, all of it or nothing; durable when it returns.
     *
     * @param batch a number that this process gives to one batch only: one that is added again is added once, so that
     *     a batch of which nobody knows whether it arrived can be sent again. Numbers rise, and a batch is tried until it
     *     is known to be in before there is another.
     * @throws IOException if it was not, or is not known to be
     */
    void add(long batch, List<UsageEntry> entries) throws IOException;

    /** What was used on these days, by day, key and model; both days included. */
    List<UsageEntry> read(LocalDate first, LocalDate last) throws IOException;

    /** The same one by one, for many days. */
    default void each(LocalDate first, LocalDate last, Consumer<UsageEntry> to) throws IOException {
        read(first, last).forEach(to);
    }

    /** What every key has used of the calendar's limits, by key id. */
    default Map<String, Spent> spent(LocalDate today) throws IOException {
        Map<String, Spent> spent = new HashMap<>();
        each(today.withDayOfMonth(1), today, entry -> {
            UsageSums sums = entry.sums();
            boolean now = entry.day().equals(today);
            Spent one = new Spent(now ? sums.tokens() : 0, sums.tokens(), now ? sums.gpuNanos() : 0);
            spent.merge(entry.keyId(), one, Spent::plus);
        });
        return spent;
    }

    /** Forgets the days before this one. */
    void forgetBefore(LocalDate day) throws IOException;

    @Override
    void close() throws IOException;
}
