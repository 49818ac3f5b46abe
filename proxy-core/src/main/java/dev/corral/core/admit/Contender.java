package dev.corral.core.admit;

import org.jspecify.annotations.Nullable;

/**
 * One key at the {@link FairQueue}: what of it runs, what waits, and what it owes. Guarded by the queue's lock.
 *
 * <p>Its waiting requests are a list through {@link QueueTicket}; it is itself in one {@link Ring} at most: of those that
 * wait, or of those that are remembered for what they owe.
 */
final class Contender {
    final String key;
    int weight = 1;
    int running;
    int waiting;
    /** What its waiting requests are expected to cost. */
    long waitingCost;
    /** Tokens it may still use in its present visit; below zero, what it has to sit out. */
    long deficit;
    /** Whether its present visit's quantum is in the deficit: only the first in the ring. */
    boolean granted;
    /** In the ring: the round of its visit, present or next. Outside: the round up to which its debt was paid off. */
    long round;
    /** The round in which it came into the ring. */
    long joined;

    @Nullable
    Ring ring;

    @Nullable
    Contender before;

    @Nullable
    Contender after;

    private @Nullable QueueTicket first;
    private @Nullable QueueTicket last;

    Contender(String key) {
        this.key = key;
    }

    @Nullable
    QueueTicket first() {
        return first;
    }

    /** What its waiting requests are expected to cost, in their order. */
    long[] costs() {
        long[] costs = new long[waiting];
        int i = 0;
        for (QueueTicket each = first; each != null; each = each.after) {
            costs[i++] = each.cost;
        }
        return costs;
    }

    /** The same numbers without the requests, in no ring. */
    Contender copy() {
        Contender copy = new Contender(key);
        copy.weight = weight;
        copy.running = running;
        copy.waiting = waiting;
        copy.waitingCost = waitingCost;
        copy.deficit = deficit;
        copy.granted = granted;
        copy.round = round;
        copy.joined = joined;
        return copy;
    }

    void add(QueueTicket ticket) {
        ticket.before = last;
        if (last == null) {
            first = ticket;
        } else {
            last.after = ticket;
        }
        last = ticket;
        waiting++;
        waitingCost += ticket.cost;
    }

    void remove(QueueTicket ticket) {
        if (ticket.before == null) {
            first = ticket.after;
        } else {
            ticket.before.after = ticket.after;
        }
        if (ticket.after == null) {
            last = ticket.before;
        } else {
            ticket.after.before = ticket.before;
        }
        ticket.before = null;
        ticket.after = null;
        waiting--;
        waitingCost -= ticket.cost;
    }
}
