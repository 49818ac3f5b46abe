package dev.corral.core.admit;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** One request at the {@link FairQueue}. Thread-safe. */
public final class QueueTicket {
    /** How it stands. */
    public enum State {
        /** Has a place. */
        RUNNING,
        /** Waits for one. */
        WAITING,
        /** Was not let in: as many of its key wait as may. */
        KEY_FULL,
        /** Was not let in: as many wait as may. */
        FULL,
        /** Has left. */
        GONE
    }

    /** For those that were not let in. */
    static final QueueTicket KEY_FULL = new QueueTicket(State.KEY_FULL);

    static final QueueTicket FULL = new QueueTicket(State.FULL);

    private final @Nullable FairQueue queue;
    final @Nullable Contender contender;
    final long cost;
    // Null where it never waited.
    private final @Nullable Executor loop;
    private final @Nullable Runnable turn;
    final @Nullable String model;
    private final long entered;
    private final int position;

    // Written under the queue's lock.
    private volatile State state;
    private volatile long waited;
    // Guarded by the queue's lock.
    int passedOver;
    // When it got its place; guarded by the queue's lock.
    private long started;

    @Nullable
    QueueTicket before;

    @Nullable
    QueueTicket after;

    private QueueTicket(State refused) {
        this(null, null, refused, 0, null, null, null, 0, 0);
    }

    private QueueTicket(
            @Nullable FairQueue queue,
            @Nullable Contender contender,
            State state,
            long cost,
            @Nullable String model,
            @Nullable Executor loop,
            @Nullable Runnable turn,
            long entered,
            int position) {
        this.queue = queue;
        this.contender = contender;
        this.state = state;
        this.cost = cost;
        this.model = model;
        this.loop = loop;
        this.turn = turn;
        this.entered = entered;
        this.position = position;
    }

    static QueueTicket running(FairQueue queue, Contender contender, long cost) {
        QueueTicket ticket = new QueueTicket(queue, contender, State.RUNNING, cost, null, null, null, 0, 0);
        ticket.started = queue.clock().nanos();
        return ticket;
    }

    static QueueTicket waiting(
            FairQueue queue,
            Contender contender,
            long cost,
            @Nullable String model,
            Executor loop,
            Runnable turn,
            int position) {
        return new QueueTicket(
                queue,
                contender,
                State.WAITING,
                cost,
                model,
                loop,
                turn,
                queue.clock().nanos(),
                position);
    }

    public State state() {
        return state;
    }

    /**
     * The place in the order when it came, from 1: how many waiting requests were to have their turn before it, and one;
     * 0 where it did not wait. As it would be if nobody came or left after that and each request cost what was expected
     * and as much as the others of its key do on average, without regard to which models are loaded.
     */
    public int position() {
        return position;
    }

    /** How long it waited, or has so far, in nanoseconds. */
    public long waitedNanos() {
        return state == State.WAITING && queue != null ? queue.clock().nanos() - entered : waited;
    }

    /**
     * Gives its place up, or stops waiting, in constant time. Idempotent.
     *
     * @param tokens what it really used; 0 where it did not run. One that had a place counts for no less than its time
     *     there is worth
     */
    public void leave(long tokens) {
        if (queue != null) {
            queue.leave(this, tokens);
        }
    }

    /** Ends the wait; under the queue's lock. */
    void change(State next) {
        if (state == State.WAITING && queue != null) {
            started = queue.clock().nanos();
            waited = started - entered;
        }
        state = next;
    }

    /** How long it has had its place, in nanoseconds; under the queue's lock. */
    long placeNanos() {
        return queue == null ? 0 : queue.clock().nanos() - started;
    }

    /**
     * Says that the place is there, on its loop.
     *
     * @throws RuntimeException if the loop takes no more
     */
    void announce() {
        if (loop != null) {
            loop.execute(this::begin);
        }
    }

    private void begin() {
        if (state != State.RUNNING || turn == null) {
            return;
        }
        try {
            turn.run();
        } catch (RuntimeException | Error e) {
            leave(0);
            throw e;
        }
    }
}
