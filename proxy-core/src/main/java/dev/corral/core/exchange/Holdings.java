package dev.corral.core.exchange;

import dev.corral.core.admit.QueueTicket;
import dev.corral.core.meter.ResponseMeter;
import dev.corral.core.spi.Demand;
import dev.corral.core.spi.Permit;
import dev.corral.core.spi.Usage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one exchange has of what all share, and gives back when it ends ({@link Ending}): permits, its place in the queue,
 * the reader of its answer. Confined to its event loop.
 */
final class Holdings {
    private static final Logger LOG = LoggerFactory.getLogger(Holdings.class);
    private static final long NEVER = Long.MIN_VALUE;

    /** What the request is expected to use. */
    Demand demand = Demand.NONE;

    /** Its place at the upstream, or in the queue for one; null where it needs none. */
    @Nullable
    QueueTicket ticket;

    /** Bytes of its body that count as waiting ({@link dev.corral.core.admit.WaitingBodies}). */
    long waitingBytes;

    /** Reads the answer as it passes; null where there is none to be read. */
    @Nullable
    ResponseMeter meter;

    /** Whether the upstream has begun an answer, of any status. */
    boolean answered;

    private final String id;
    private final List<Permit> permits = new ArrayList<>(2);
    private long sentNanos = NEVER;
    private @Nullable Usage usage;

    /**
     * Nothing yet.
     *
     * @param id of the exchange, for the log
     */
    Holdings(String id) {
        this.id = id;
    }

    /** Keeps a permit until the end; where that has been, it is given back at once. */
    void hold(Permit permit) {
        Usage told = usage;
        if (told == null) {
            permits.add(permit);
        } else {
            giveBack(permit, told);
        }
    }

    /** The whole request is on its way to the upstream. */
    void sent(long nanos) {
        sentNanos = nanos;
    }

    /** Whether all of the request was sent. */
    boolean wasSent() {
        return sentNanos != NEVER;
    }

    /** When it was; what is passed in where it never was. */
    long sentNanos(long otherwise) {
        return sentNanos == NEVER ? otherwise : sentNanos;
    }

    /** Whether the request came to wait for its turn. */
    boolean queued() {
        return ticket != null && ticket.position() > 0;
    }

    /** The place in the order when it came to wait, from 1; 0 where it did not. */
    int queuePosition() {
        return ticket == null ? 0 : ticket.position();
    }

    /** How long it waited for its turn. */
    long queuedNanos() {
        return ticket == null || ticket.position() == 0 ? 0 : ticket.waitedNanos();
    }

    /** Gives all permits back, the last one first. */
    void giveBack(Usage used) {
        usage = used;
        for (int i = permits.size() - 1; i >= 0; i--) {
            giveBack(permits.get(i), used);
        }
        permits.clear();
    }

    private void giveBack(Permit permit, Usage used) {
        try {
            permit.release(used);
        } catch (RuntimeException | Error e) {
            LOG.error("{} a permit could not be given back", id, e);
        }
    }
}
