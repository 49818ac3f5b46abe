package dev.corral.core.admit;

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

    private final State state;

    QueueTicket(State state) {
        this.state = state;
    }

    public State state() {
        return state;
    }

    /** The place in the order when it came, from 1; 0 where it did not wait. */
    public int position() {
        return 0;
    }

    /** How long it waited, or has so far, in nanoseconds. */
    public long waitedNanos() {
        return 0;
    }

    /**
     * Gives its place up, or stops waiting, in constant time. Idempotent.
     *
     * @param tokens what it really used; 0 where it did not run
     */
    public void leave(long tokens) {}
}
