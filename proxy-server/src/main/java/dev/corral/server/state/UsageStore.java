package dev.corral.server.state;

import java.io.IOException;
import java.time.LocalDate;
import java.util.List;

/** Keeps usage by day, key and model. Blocks; for one thread at a time. */
public interface UsageStore extends AutoCloseable {
    /**
     * Adds to what is there, all of it or nothing; durable when it returns.
     *
     * @param batch a number that this process gives to one batch only: one that is added again is added once, so that
     *     a batch of which nobody knows whether it arrived can be sent again
     * @throws IOException if it was not, or is not known to be
     */
    void add(long batch, List<UsageEntry> entries) throws IOException;

    /** What was used on these days, by day, key and model; both days included. */
    List<UsageEntry> read(LocalDate first, LocalDate last) throws IOException;

    /** Forgets the days before this one. */
    void forgetBefore(LocalDate day) throws IOException;

    @Override
    void close() throws IOException;
}
