package dev.corral.core.admit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is: weighted deficit round robin (Shreedhar and Varghese, "Efficient fair queuing using deficit round
 * robin", 1996) in the form that lets a request run while the deficit is above zero and then takes off its cost, so that
 * the cost may turn out to be another. Guarded by the queue's lock.
 *
 * <p>Contenders stand in a ring. The first one's visit begins with {@link #QUANTUM} tokens for each unit of its weight;
 * while its deficit is above zero its requests run, and then it goes to the end. Who comes, comes to the end and brings
 * what it owes but no credit, so that leaving and coming back gains nothing. Who is away pays off as the rounds pass.
 * Where only one asks, rounds pass as fast as it uses: what nobody else wanted is not held against it.
 *
 * <p><b>Bound.</b> Let {@code S(k)} be what was charged to a key in an interval throughout which it has waiting requests,
 * {@code w(k)} its weight, {@code C(k)} its largest request, {@code Q} the quantum. Then for any two such keys
 * {@code S(i)/w(i) >= S(j)/w(j) - Q - C(i)/w(i) - C(j)/w(j)}. Proof: the visits of keys that stay in the ring alternate,
 * so if {@code v} visits of i begin and end in the interval, it touches at most {@code v + 1} of j's. A deficit is at
 * least {@code 1 - C} always, and at most 0 between visits. What is charged is the sum of quanta less the growth of the
 * deficit: for i at least {@code v Q w(i) - (C(i) - 1)}, for j at most {@code (v + 1) Q w(j) + (C(j) - 1)}. Weighted by
 * {@code w(j)/W} and summed over all, with {@code W} the sum of weights: no key gets less than its share of what was
 * charged to all, less {@code w(i) Q + C(i) + w(i)/W sum C(j)}; with equal weights, less one quantum and two of the
 * largest requests. No scheduler that does not break off requests can leave out the latter. Nobody starves: each request
 * is charged at least {@link #LEAST_COST} in the end, so a visit lets no more than {@code Q w(k)} of them run beyond those
 * that were given back for, and is over.
 *
 * <p>What a request used beyond its estimate is charged when it ends, what it did not use is given back; charges count
 * both. {@code C(k)} then is how far below zero the deficit went, at most {@link #MOST_OWED}, and given back is never
 * more than the key would have had, had it asked for the right amount: what the rounds since it came into the ring have
 * brought, at most {@link #MOST_CREDIT} for each unit of weight, by which the bound grows.
 */
final class Rounds {
    /**
     * Tokens of a visit for each unit of weight: the least there can be. Who asks for one thing at a time leaves the ring
     * in each visit and loses the rest of its quantum, which with larger ones goes to those that have more waiting. Rounds
     * in which nobody starts are not walked through, so many small ones cost no more than a few large ones.
     */
    static final long QUANTUM = 1;
    /** No request counts as less, when it starts and when it ends: whoever runs comes nearer to the end of its visit. */
    static final long LEAST_COST = 1;
    /** No request counts as more: beyond what any model's context holds. */
    static final long MOST_COST = 1 << 24;
    /** Nobody is held to more than this. */
    static final long MOST_OWED = 1 << 24;
    /** What is given back lifts nobody above this, for each unit of weight. */
    static final long MOST_CREDIT = 8_192;

    private static final int MOST_WEIGHT = 1 << 16;

    private final Ring ring = new Ring();
    // The round of the last visit.
    private long round;
    // Contenders looked at, ever: for tests of how much is done.
    private long looks;

    long looks() {
        return looks;
    }

    boolean empty() {
        return ring.size() == 0;
    }

    @Nullable
    Contender first() {
        return ring.first();
    }

    boolean holds(Contender contender) {
        return ring.holds(contender);
    }

    private static long grant(Contender contender) {
        return QUANTUM * contender.weight;
    }

    void weigh(Contender contender, int weight) {
        if (!holds(contender)) {
            // At the rate at which it was owed.
            payOff(contender);
        }
        contender.weight = Math.max(1, Math.min(weight, MOST_WEIGHT));
    }

    /** Whether a contender outside the ring still owes something. */
    boolean owes(Contender contender) {
        payOff(contender);
        return contender.deficit < 0;
    }

    private void payOff(Contender contender) {
        long passed = round - contender.round;
        contender.round = round;
        contender.deficit =
                passed >= visits(contender, 0) ? 0 : Math.min(0, contender.deficit + passed * grant(contender));
    }

    /** How many more visits it takes until the deficit is above the sum; at least one. */
    private static long visits(Contender contender, long sum) {
        return Math.max(0, sum - contender.deficit) / grant(contender) + 1;
    }

    /** Charges a request that nobody had to wait for: the rounds pass that would have, had its key waited alone. */
    void startAlone(Contender contender, long cost) {
        payOff(contender);
        long needed = visits(contender, 0);
        round += needed;
        contender.round = round;
        contender.deficit = Math.min(0, contender.deficit + needed * grant(contender) - cost);
    }

    /** Takes a contender to the end of the ring, once its first request waits. */
    void join(Contender contender) {
        payOff(contender);
        contender.round = round + 1;
        contender.joined = round;
        contender.granted = false;
        ring.addLast(contender);
    }

    /** Takes a contender out, once none of its requests waits. Nothing is left of what it could have used. */
    void part(Contender contender) {
        ring.remove(contender);
        contender.deficit = Math.min(0, contender.deficit);
        contender.granted = false;
        contender.round = round;
    }

    /**
     * Goes on to the contender whose turn it is, in at most four times as many looks as there are contenders. Not to be
     * called where there is none.
     */
    Contender turn() {
        int left = ring.size();
        for (Contender next = ring.first(); next != null; next = ring.first()) {
            looks++;
            if (!next.granted) {
                next.granted = true;
                next.deficit += grant(next);
                round = next.round;
            }
            if (next.deficit > 0) {
                return next;
            }
            next.granted = false;
            next.round++;
            ring.remove(next);
            ring.addLast(next);
            if (--left == 0) {
                skip();
            }
        }
        throw new IllegalStateException("nobody waits");
    }

    /** Lets those rounds pass at once in which everybody only pays off. */
    private void skip() {
        long least = Long.MAX_VALUE;
        for (Contender each = ring.first(); each != null; each = each.after) {
            looks++;
            least = Math.min(least, visits(each, 0));
        }
        long idle = least - 1;
        for (Contender each = ring.first(); each != null; each = each.after) {
            looks++;
            each.deficit += idle * grant(each);
            each.round += idle;
        }
        round += idle;
    }

    void charge(Contender contender, long tokens) {
        if (!holds(contender)) {
            payOff(contender);
        }
        contender.deficit = Math.max(-MOST_OWED, contender.deficit - tokens);
    }

    void giveBack(Contender contender, long tokens) {
        long most = 0;
        if (holds(contender)) {
            long passed = Math.min(round - contender.joined + 1, MOST_CREDIT / QUANTUM);
            most = passed * grant(contender);
        } else {
            payOff(contender);
        }
        contender.deficit = Math.max(contender.deficit, Math.min(most, contender.deficit + tokens));
    }

    /**
     * How many requests would have their turn before one, if nobody came or left and each cost what is expected.
     *
     * @param asking in the ring
     * @param ahead how many of its own requests are before that one
     * @param aheadCost what they cost
     */
    int before(Contender asking, int ahead, long aheadCost) {
        long visits = asking.granted
                ? asking.deficit > aheadCost ? 1 : 1 + visits(asking, aheadCost)
                : visits(asking, aheadCost);
        long sum = ahead;
        for (Contender each = ring.first(); each != null; each = each.after) {
            looks++;
            if (each == asking) {
                // Those behind it come once less often.
                visits--;
            } else {
                long grants = visits - (each.granted ? 1 : 0);
                sum += visits == 0 ? 0 : startedWith(each, each.deficit + grants * grant(each));
            }
        }
        return (int) Math.min(sum, Integer.MAX_VALUE);
    }

    /** The contenders in the ring as they stand now, to work something out that must not hold the lock. */
    Rounds copy() {
        Rounds copy = new Rounds();
        copy.round = round;
        for (Contender each = ring.first(); each != null; each = each.after) {
            looks++;
            copy.ring.addLast(each.copy());
        }
        return copy;
    }

    /**
     * The places in the order of all waiting requests of a key, from 1, ascending; none where it does not wait.
     *
     * @param costs of these requests, in their order
     */
    List<Integer> positions(String key, long[] costs) {
        Contender asking = ring.first();
        while (asking != null && !asking.key.equals(key)) {
            asking = asking.after;
        }
        if (asking == null) {
            return List.of();
        }
        List<Integer> positions = new ArrayList<>(costs.length);
        long cost = 0;
        for (int i = 0; i < costs.length; i++) {
            positions.add(1 + before(asking, i, cost));
            cost += costs[i];
        }
        Collections.sort(positions);
        return positions;
    }

    /** How many waiting requests so many tokens start, by their mean cost: one runs while anything is left. */
    private static long startedWith(Contender contender, long tokens) {
        if (tokens <= 0) {
            return 0;
        }
        if (tokens >= contender.waitingCost) {
            return contender.waiting;
        }
        return Math.min(
                contender.waiting, (long) Math.ceil((double) tokens * contender.waiting / contender.waitingCost));
    }
}
