package dev.corral.core.admit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.QueueSettings;
import dev.corral.core.testkit.TestClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How much is done, counted in looks at keys: the lists have no other loops. */
class FairQueueStepsTest {
    private static final int WAITING = 100_000;

    private static FairQueue queue(int parallel) {
        return new FairQueue(
                new QueueSettings(parallel, WAITING, WAITING, Duration.ofMinutes(5), false),
                new TestClock(),
                model -> false);
    }

    @Test
    void leavingWhileWaiting_looksAtNobodyHoweverManyWait() {
        FairQueue queue = queue(1);
        QueueTicket running = enter(queue, "k", 1);
        List<QueueTicket> waiting = new ArrayList<>();
        for (int i = 0; i < WAITING; i++) {
            waiting.add(enter(queue, "k" + i % 100, 1 + i % 1_000));
        }
        Collections.shuffle(waiting, new Random(7));
        long before = queue.looks();
        waiting.forEach(ticket -> ticket.leave(0));
        assertThat(queue.looks()).isEqualTo(before);
        assertThat(queue.waiting()).isZero();
        running.leave(1);
        assertThat(queue.looks()).isEqualTo(before);
    }

    @Test
    void comingAndGoingWithoutWaiting_looksAtNobody() {
        FairQueue queue = queue(100_000);
        List<QueueTicket> running = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            running.add(enter(queue, "k" + i % 500, 1 + i));
        }
        running.forEach(ticket -> ticket.leave(3));
        assertThat(queue.looks()).isZero();
    }

    @Test
    void nextTurn_looksAtEachKeyAFewTimesHoweverMuchTheyOwe() {
        int keys = 300;
        FairQueue queue = queue(1);
        Random random = new Random(8);
        List<QueueTicket> order = new ArrayList<>();
        List<QueueTicket> all = new ArrayList<>();
        all.add(enter(queue, "k0", 1));
        for (int i = 0; i < 3_000; i++) {
            int number = all.size();
            all.add(queue.enter(
                    "k" + i % keys,
                    1 + i % 5,
                    1L << random.nextInt(24),
                    null,
                    Runnable::run,
                    () -> order.add(all.get(number))));
        }
        all.get(0).leave(1);
        for (int i = 0; i < 3_000; i++) {
            long before = queue.looks();
            order.get(i).leave(1L << random.nextInt(24));
            assertThat(queue.looks() - before).isLessThanOrEqualTo(4L * keys);
        }
        assertThat(queue.running()).isZero();
    }

    /** Who polls for it must not hold up all others. */
    @Test
    void standing_looksAtEachKeyOnceHoweverManyOfItsOwnWait() {
        int keys = 400;
        FairQueue queue = queue(1);
        for (int i = 0; i <= keys; i++) {
            enter(queue, "k" + i, 100);
        }
        for (int i = 0; i < 64; i++) {
            enter(queue, "k7", 100);
        }
        long before = queue.looks();
        assertThat(queue.standing("k7").waiting()).hasSize(65).startsWith(7);
        assertThat(queue.looks() - before).isLessThanOrEqualTo(keys);
    }

    private static QueueTicket enter(FairQueue queue, String key, long cost) {
        return queue.enter(key, 1, cost, null, Runnable::run, () -> {});
    }
}
