package dev.corral.core.admit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.core.QueueSettings;
import dev.corral.core.admit.Hall.Guest;
import dev.corral.core.admit.QueueTicket.State;
import dev.corral.core.spi.QueueStanding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class FairQueueTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    @Test
    void freePlace_isTakenAtOnceAndTheTurnIsNotCalled() {
        Hall hall = new Hall(2);
        Guest first = hall.enter("a", 100);
        Guest second = hall.enter("a", 100);
        Guest third = hall.enter("a", 100);

        assertThat(first.state()).isEqualTo(State.RUNNING);
        assertThat(first.ticket.position()).isZero();
        assertThat(second.state()).isEqualTo(State.RUNNING);
        assertThat(third.state()).isEqualTo(State.WAITING);
        assertThat(third.ticket.position()).isEqualTo(1);
        assertThat(first.turns).isZero();
        hall.leave(first);
        assertThat(third.state()).isEqualTo(State.RUNNING);
        assertThat(third.turns).isEqualTo(1);
        hall.finish();
    }

    @Test
    void fullKey_isRefusedWhileOthersMayWait() {
        Hall hall = new Hall(new QueueSettings(1, 3, 2, LONG, false), model -> false);
        hall.enter("a", 1);
        hall.enter("a", 1);
        Guest last = hall.enter("a", 1);
        assertThat(hall.enter("a", 1).state()).isEqualTo(State.KEY_FULL);
        assertThat(hall.enter("b", 1).state()).isEqualTo(State.WAITING);
        assertThat(hall.enter("c", 1).state()).isEqualTo(State.FULL);
        assertThat(hall.queue.known()).isEqualTo(2);

        hall.leave(last, 0);
        assertThat(hall.enter("c", 1).state()).isEqualTo(State.WAITING);
        hall.finish();
    }

    @Test
    void refusedTicket_hasNothingToGiveBack() {
        Hall hall = new Hall(new QueueSettings(1, 0, 0, LONG, false), model -> false);
        hall.enter("a", 1);
        Guest refused = hall.enter("b", 1);
        refused.ticket.leave(5);
        assertThat(refused.state()).isEqualTo(State.KEY_FULL);
        assertThat(hall.queue.running()).isEqualTo(1);
        assertThat(refused.ticket.waitedNanos()).isZero();
    }

    @Test
    void leavingTwice_freesOnePlace() {
        Hall hall = new Hall(1);
        Guest first = hall.enter("a", 10);
        Guest second = hall.enter("a", 10);
        hall.enter("a", 10);
        hall.leave(first);
        first.ticket.leave(10);
        assertThat(second.state()).isEqualTo(State.RUNNING);
        assertThat(hall.queue.running()).isEqualTo(1);
        assertThat(hall.queue.waiting()).isEqualTo(1);
    }

    @Test
    void waited_isCountedUntilTheTurnAndNotAfter() {
        Hall hall = new Hall(1);
        Guest first = hall.enter("a", 10);
        Guest second = hall.enter("b", 10);
        hall.clock.advance(Duration.ofMillis(30));
        assertThat(second.ticket.waitedNanos()).isEqualTo(30_000_000);
        hall.leave(first);
        hall.clock.advance(Duration.ofMillis(50));
        assertThat(second.ticket.waitedNanos()).isEqualTo(30_000_000);
        assertThat(first.ticket.waitedNanos()).isZero();
    }

    @Test
    void hog_doesNotKeepAnotherKeyWaitingBehindItsQueue() {
        Hall hall = new Hall(1);
        for (int i = 0; i < 100; i++) {
            hall.enter("hog", 500);
        }
        Guest other = hall.enter("other", 500);
        assertThat(other.ticket.position()).isLessThanOrEqualTo(2);
        hall.finishOne();
        hall.finishOne();
        assertThat(hall.started).contains(other);
    }

    @Test
    void leavingAndComingBack_gainsNothing() {
        Hall hall = new Hall(1);
        Guest blocker = hall.enter("blocker", 1);
        for (int i = 0; i < 50; i++) {
            hall.enter("patient", 100);
        }
        Guest restless = hall.enter("restless", 100);
        hall.leave(blocker);
        // Comes back each time its turn has passed, so that it is never in the ring for two rounds.
        int served = 0;
        for (int i = 0; i < 40; i++) {
            Guest ended = hall.finishOne();
            if (ended == restless) {
                served++;
                restless = hall.enter("restless", 100);
            } else if (restless.state() == State.WAITING) {
                hall.leave(restless, 0);
                restless = hall.enter("restless", 100);
            }
        }
        assertThat(served).isLessThanOrEqualTo(20);
        hall.finish();
    }

    @Test
    void rejectingLoop_passesThePlaceOn() {
        Hall hall = new Hall(1);
        Guest first = hall.enter("a", 10);
        List<QueueTicket> dead = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            dead.add(hall.queue.enter(
                    "a" + i,
                    1,
                    10,
                    null,
                    task -> {
                        throw new RejectedExecutionException("shut down");
                    },
                    () -> {}));
        }
        QueueTicket last = hall.queue.enter("z", 1, 10, null, Runnable::run, () -> {});
        first.ticket.leave(10);
        assertThat(dead).allMatch(ticket -> ticket.state() == State.GONE);
        assertThat(last.state()).isEqualTo(State.RUNNING);
        assertThat(hall.queue.running()).isEqualTo(1);
        assertThat(hall.queue.waiting()).isZero();
    }

    @Test
    void throwingTurn_passesThePlaceOn() {
        Hall hall = new Hall(1);
        Guest first = hall.enter("a", 10);
        List<Runnable> tasks = new ArrayList<>();
        QueueTicket bad = hall.queue.enter("b", 1, 10, null, tasks::add, () -> {
            throw new IllegalArgumentException("broken");
        });
        QueueTicket last = hall.queue.enter("c", 1, 10, null, tasks::add, () -> {});
        first.ticket.leave(10);
        assertThatThrownBy(() -> tasks.remove(0).run()).hasMessage("broken");
        assertThat(bad.state()).isEqualTo(State.GONE);
        assertThat(last.state()).isEqualTo(State.RUNNING);
    }

    @Test
    void leftBeforeTheLoopRan_isNotCalled() {
        Hall hall = new Hall(1);
        Guest first = hall.enter("a", 10);
        List<Runnable> tasks = new ArrayList<>();
        QueueTicket ticket = hall.queue.enter("b", 1, 10, null, tasks::add, () -> {
            throw new AssertionError("called");
        });
        first.ticket.leave(10);
        ticket.leave(0);
        tasks.forEach(Runnable::run);
        assertThat(hall.queue.running()).isZero();
    }

    @Test
    void standing_tellsOfBothAndOfNobody() {
        Hall hall = new Hall(1);
        hall.enter("a", 1_000);
        hall.enter("a", 1_000);
        hall.enter("b", 1_000);
        hall.enter("a", 1_000);
        assertThat(hall.queue.standing("stranger")).isEqualTo(new QueueStanding(0, List.of()));
        QueueStanding a = hall.queue.standing("a");
        assertThat(a.running()).isEqualTo(1);
        assertThat(a.waiting()).isEqualTo(List.of(2, 3));
        assertThat(hall.queue.standing("b").waiting()).isEqualTo(List.of(1));
    }

    @Test
    void loadedModel_goesAheadAFewTimesOnly() {
        QueueSettings settings = new QueueSettings(1, 512, 64, LONG, true);
        Hall hall = new Hall(settings, Set.of("warm")::contains);
        hall.enter("blocker", 1);
        Guest cold = hall.enter("cold", 1, 10, "cold");
        for (int i = 0; i < 40; i++) {
            hall.enter("warm", 1, 10, "warm");
        }
        assertThat(cold.ticket.position()).isEqualTo(1);
        while (cold.state() == State.WAITING) {
            hall.finishOne();
        }
        assertThat(hall.started.indexOf(cold)).isEqualTo(1 + FairQueue.MOST_PASSES);
        hall.finish();
    }

    @Test
    void loadedModel_thatOwesMuchGoesAheadOfNobody() {
        QueueSettings settings = new QueueSettings(1, 512, 64, LONG, true);
        Hall hall = new Hall(settings, Set.of("warm")::contains);
        hall.enter("blocker", 1);
        for (int i = 0; i < 30; i++) {
            hall.enter("cold", 1, 1_000, "cold");
            hall.enter("warm", 1, 1_000, "warm");
        }
        for (int i = 0; i < 30; i++) {
            hall.finishOne();
            assertThat(hall.charged("warm") - hall.charged("cold"))
                    .isLessThanOrEqualTo(FairQueue.MOST_AHEAD + 2_000 + Rounds.QUANTUM);
        }
        hall.finish();
    }

    @Test
    void withoutPreference_loadedModelWaitsItsTurn() {
        Hall hall = new Hall(new QueueSettings(1, 512, 64, LONG, false), Set.of("warm")::contains);
        hall.enter("blocker", 1);
        Guest cold = hall.enter("cold", 1, 10, "cold");
        hall.enter("warm", 1, 10, "warm");
        hall.finishOne();
        assertThat(cold.state()).isEqualTo(State.RUNNING);
    }

    @Test
    void brokenPredicate_losesNoPlace() {
        Hall hall = new Hall(new QueueSettings(1, 512, 64, LONG, true), model -> {
            throw new IllegalStateException("broken");
        });
        hall.enter("a", 1, 10, "m");
        hall.enter("b", 1, 10, "m");
        hall.enter("c", 1, 10, "m");
        hall.finish();
        assertThat(hall.started).hasSize(3);
    }

    @Test
    void absurdNumbers_stayBounded() {
        Hall hall = new Hall(1);
        QueueTicket running = hall.queue.enter("a", Integer.MAX_VALUE, Long.MAX_VALUE, null, Runnable::run, () -> {});
        QueueTicket low = hall.queue.enter("b", Integer.MIN_VALUE, Long.MIN_VALUE, null, Runnable::run, () -> {});
        QueueTicket high = hall.queue.enter("a", 1, Long.MAX_VALUE, null, Runnable::run, () -> {});
        running.leave(Long.MAX_VALUE);
        assertThat(low.state()).isEqualTo(State.RUNNING);
        low.leave(Long.MIN_VALUE);
        assertThat(high.state()).isEqualTo(State.RUNNING);
        high.leave(0);
        assertThat(hall.queue.running()).isZero();
    }

    @Test
    void keysThatCameAndWent_areForgotten() {
        Hall hall = new Hall(1);
        for (int i = 0; i < 3 * FairQueue.REMEMBERED; i++) {
            Guest guest = hall.enter("k" + i, 1_000_000);
            hall.enter("k" + i, 1_000_000);
            hall.leave(guest);
            hall.finishOne();
            assertThat(hall.queue.known()).isLessThanOrEqualTo(FairQueue.REMEMBERED + 2);
        }
    }
}
