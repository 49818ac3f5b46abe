package dev.corral.core.admit;

import dev.corral.core.QueueSettings;
import dev.corral.core.admit.QueueTicket.State;
import dev.corral.core.spi.NanoClock;
import dev.corral.core.spi.QueueStanding;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The places at one upstream and who waits for one, fair by key: weighted deficit round robin on tokens, as
 * {@link Rounds} has it, and first come first served within a key. Thread-safe; never blocks for longer than a few steps
 * on small structures: entering without waiting and leaving a queue where nobody waits take constant time, as does to
 * stop waiting; to wait, and to choose the next, take a look at each key that waits, a few times at most.
 *
 * <p>A place is never free while somebody waits. What a request costs is charged to its key when it starts, as expected,
 * and set right when it leaves: what it used, but never less than a token for each {@value #NANOS_PER_TOKEN} ns that it
 * had its place, nor less than one. So what tells of no tokens, as loading a model or failing, is not free, and a key that
 * only asks for such things does not keep its turn. What a key owes is kept while it waits or runs, and after that until it is paid off or
 * {@value #REMEMBERED} others have come to owe since.
 *
 * <p>Where loaded models are preferred, a request whose model is loaded may go before the one whose turn it is and whose
 * model is not. No request is passed over more than {@value #MOST_PASSES} times, the key that goes ahead is charged as
 * always, and none goes ahead that owes {@value #MOST_AHEAD} tokens or more for each unit of its weight, so that shares
 * stay what they are but for that.
 */
public final class FairQueue {
    /** How often a request is passed over at most. */
    static final int MOST_PASSES = 8;
    /** Who owes as much passes nobody, in tokens for each unit of weight. */
    static final long MOST_AHEAD = 8_192;
    /** What a place is worth while nobody tells what comes of it: 50 tokens a second, as a large model generates them. */
    static final long NANOS_PER_TOKEN = 20_000_000;
    /** Keys of which only a debt is left. */
    static final int REMEMBERED = 1_024;

    private static final Logger LOG = LoggerFactory.getLogger(FairQueue.class);

    private final QueueSettings settings;
    private final NanoClock clock;
    private final Predicate<String> loaded;
    private final Object lock = new Object();
    // Guarded by the lock.
    private final Map<String, Contender> contenders = new HashMap<>();
    private final Rounds rounds = new Rounds();
    private final Ring indebted = new Ring();
    private int running;
    private int waiting;

    /**
     * Nobody waits yet.
     *
     * @param loaded whether the upstream has the model in memory, by canonical name; asked under the lock, so it must be
     *     quick and not call back
     */
    public FairQueue(QueueSettings settings, NanoClock clock, Predicate<String> loaded) {
        this.settings = settings;
        this.clock = clock;
        this.loaded = loaded;
    }

    /**
     * Asks for a place.
     *
     * @param key whose turn it takes
     * @param weight of the key, from 1
     * @param cost tokens it is expected to use, from 1
     * @param model canonical name; null where none is named
     * @param loop where {@code turn} runs; where it takes nothing any more, the place goes to the next
     * @param turn called once when a waiting request gets its place, never where it got one at once; may come after
     *     {@link QueueTicket#leave} was called meanwhile on another thread. If it throws, the place is given up
     */
    public QueueTicket enter(String key, int weight, long cost, @Nullable String model, Executor loop, Runnable turn) {
        long counted = Math.max(Rounds.LEAST_COST, Math.min(cost, Rounds.MOST_COST));
        synchronized (lock) {
            Contender contender = contenders.get(key);
            if (running >= settings.parallel()) {
                if ((contender == null ? 0 : contender.waiting) >= settings.waitingPerKey()) {
                    return QueueTicket.KEY_FULL;
                }
                if (waiting >= settings.waiting()) {
                    return QueueTicket.FULL;
                }
            }
            if (contender == null) {
                contender = new Contender(key);
                contenders.put(key, contender);
            } else if (indebted.holds(contender)) {
                indebted.remove(contender);
            }
            rounds.weigh(contender, weight);
            return running < settings.parallel()
                    ? start(contender, counted)
                    : await(contender, counted, model, loop, turn);
        }
    }

    private QueueTicket start(Contender contender, long cost) {
        rounds.startAlone(contender, cost);
        contender.running++;
        running++;
        return QueueTicket.running(this, contender, cost);
    }

    private QueueTicket await(Contender contender, long cost, @Nullable String model, Executor loop, Runnable turn) {
        if (contender.waiting == 0) {
            rounds.join(contender);
        }
        int position = 1 + rounds.before(contender, contender.waiting, contender.waitingCost);
        QueueTicket ticket = QueueTicket.waiting(this, contender, cost, model, loop, turn, position);
        contender.add(ticket);
        waiting++;
        return ticket;
    }

    void leave(QueueTicket ticket, long tokens) {
        QueueTicket next = end(ticket, tokens);
        while (next != null) {
            next = announced(next) ? null : end(next, 0);
        }
    }

    private static boolean announced(QueueTicket next) {
        try {
            next.announce();
            return true;
        } catch (RuntimeException | Error e) {
            LOG.debug("a request's turn came, and its event loop does not take it", e);
            return false;
        }
    }

    /** Who has its turn now. */
    private @Nullable QueueTicket end(QueueTicket ticket, long tokens) {
        synchronized (lock) {
            State before = ticket.state();
            if (before != State.RUNNING && before != State.WAITING) {
                return null;
            }
            Contender contender = Objects.requireNonNull(ticket.contender);
            ticket.change(State.GONE);
            if (before == State.WAITING) {
                remove(contender, ticket);
                forgetIfPaid(contender);
                return null;
            }
            running--;
            contender.running--;
            settle(contender, ticket, tokens);
            QueueTicket next = rounds.empty() ? null : startNext();
            forgetIfPaid(contender);
            return next;
        }
    }

    private void settle(Contender contender, QueueTicket ticket, long tokens) {
        long expected = ticket.cost;
        long least = Math.max(Rounds.LEAST_COST, ticket.placeNanos() / NANOS_PER_TOKEN);
        long used = Math.min(Math.max(least, tokens), Rounds.MOST_COST);
        if (used > expected) {
            rounds.charge(contender, used - expected);
        } else if (used < expected) {
            rounds.giveBack(contender, expected - used);
        }
    }

    private void remove(Contender contender, QueueTicket ticket) {
        contender.remove(ticket);
        waiting--;
        if (contender.waiting == 0) {
            rounds.part(contender);
        }
    }

    private QueueTicket startNext() {
        Contender contender = rounds.turn();
        QueueTicket next = Objects.requireNonNull(contender.first());
        if (settings.preferLoaded() && next.passedOver < MOST_PASSES && !isLoaded(next)) {
            Contender ahead = loadedBehind(contender);
            if (ahead != null) {
                next.passedOver++;
                contender = ahead;
                next = Objects.requireNonNull(ahead.first());
            }
        }
        rounds.charge(contender, next.cost);
        remove(contender, next);
        contender.running++;
        running++;
        next.change(State.RUNNING);
        return next;
    }

    private @Nullable Contender loadedBehind(Contender passed) {
        for (Contender each = passed.after; each != null; each = each.after) {
            QueueTicket first = Objects.requireNonNull(each.first());
            if (each.deficit > -MOST_AHEAD * each.weight && first.model != null && isLoaded(first)) {
                return each;
            }
        }
        return null;
    }

    private boolean isLoaded(QueueTicket ticket) {
        if (ticket.model == null) {
            return true;
        }
        try {
            return loaded.test(ticket.model);
        } catch (RuntimeException e) {
            LOG.warn("whether a model is loaded cannot be told", e);
            return false;
        }
    }

    /** Keeps a key that neither runs nor waits only for what it owes. */
    private void forgetIfPaid(Contender contender) {
        if (contender.running > 0 || contender.waiting > 0) {
            return;
        }
        if (!rounds.owes(contender)) {
            contenders.remove(contender.key);
            return;
        }
        indebted.addLast(contender);
        Contender oldest = indebted.first();
        if (oldest != null && (indebted.size() > REMEMBERED || !rounds.owes(oldest))) {
            indebted.remove(oldest);
            contenders.remove(oldest.key);
        }
    }

    /** Where a key stands now. Under the lock it takes one look at each key that waits; the rest is worked out without. */
    public QueueStanding standing(String key) {
        int running;
        long[] costs;
        Rounds copy;
        synchronized (lock) {
            Contender contender = contenders.get(key);
            if (contender == null) {
                return new QueueStanding(0, List.of());
            }
            running = contender.running;
            costs = contender.costs();
            if (costs.length == 0) {
                return new QueueStanding(running, List.of());
            }
            copy = rounds.copy();
        }
        return new QueueStanding(running, copy.positions(key, costs));
    }

    /** Requests that have a place. */
    public int running() {
        synchronized (lock) {
            return running;
        }
    }

    /** Requests that wait. */
    public int waiting() {
        synchronized (lock) {
            return waiting;
        }
    }

    NanoClock clock() {
        return clock;
    }

    /** Keys that are known at this moment, for tests. */
    int known() {
        synchronized (lock) {
            return contenders.size();
        }
    }

    /** Contenders looked at, ever, for tests. */
    long looks() {
        synchronized (lock) {
            return rounds.looks();
        }
    }
}
