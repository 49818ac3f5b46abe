package dev.corral.core.admit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.QueueSettings;
import dev.corral.core.admit.QueueTicket.State;
import dev.corral.core.spi.NanoClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Many event loops come, go and change their minds at once; some take no more, some turns throw. */
class FairQueueStressTest {
    private static final int LOOPS = 4;
    private static final int ROUNDS = 4_000;
    private static final int PLACES = 3;

    private final FairQueue queue = new FairQueue(
            new QueueSettings(PLACES, 200, 40, Duration.ofMinutes(5), true), NanoClock.SYSTEM, "warm"::equals);
    private final AtomicInteger places = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final CountDownLatch ended = new CountDownLatch(LOOPS);

    @Test
    void everythingAtOnce_losesNoPlaceAndGivesNoneTwice() throws InterruptedException {
        List<Loop> loops = new ArrayList<>();
        for (int i = 0; i < LOOPS; i++) {
            loops.add(new Loop(i));
        }
        loops.forEach(loop -> loop.thread.execute(loop::work));
        assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
        for (Loop loop : loops) {
            loop.thread.shutdown();
            assertThat(loop.thread.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(queue.running()).isZero();
        assertThat(queue.waiting()).isZero();
        assertThat(places).hasValue(0);
        assertThat(most.get()).isBetween(1, PLACES);
        int turns = 0;
        for (Loop loop : loops) {
            for (Guest guest : loop.guests) {
                assertThat(guest.turns).isLessThanOrEqualTo(1);
                assertThat(guest.ticket.state()).isIn(State.GONE, State.FULL, State.KEY_FULL);
                turns += guest.turns;
            }
        }
        assertThat(turns).isPositive();
    }

    private static final class Guest {
        int turns;
        QueueTicket ticket = QueueTicket.FULL;
    }

    /** One thread and its requests. */
    private final class Loop {
        final ExecutorService thread = Executors.newSingleThreadExecutor();
        final List<Guest> guests = new ArrayList<>();
        private final Random random;
        private final Queue<Guest> waiting = new ArrayDeque<>();
        private final Queue<Guest> running = new ArrayDeque<>();
        private int round;

        Loop(int number) {
            this.random = new Random(number);
        }

        /** A few steps, and again after what came meanwhile. */
        void work() {
            boolean over = ++round > ROUNDS;
            for (int step = 0; step < 10; step++) {
                int what = over ? 2 + random.nextInt(3) : random.nextInt(5);
                switch (what) {
                    case 0, 1 -> enter();
                    case 2, 3 -> leave(running.poll());
                    default -> cancel(waiting.poll());
                }
            }
            if (over && waiting.isEmpty() && running.isEmpty()) {
                ended.countDown();
            } else {
                thread.execute(this::work);
            }
        }

        private void enter() {
            Guest guest = new Guest();
            guests.add(guest);
            boolean dead = random.nextInt(50) == 0;
            boolean broken = random.nextInt(50) == 0;
            String model = random.nextBoolean() ? "warm" : "cold";
            guest.ticket = queue.enter(
                    "k" + random.nextInt(12),
                    1 + random.nextInt(3),
                    1 + random.nextInt(2_000),
                    model,
                    task -> announce(task, dead),
                    () -> begin(guest, broken));
            switch (guest.ticket.state()) {
                // Or its turn is already on its way, if it waited for no more than a moment.
                case RUNNING -> {
                    if (guest.ticket.position() == 0) {
                        begin(guest, false);
                    } else {
                        waiting.add(guest);
                    }
                }
                case WAITING -> waiting.add(guest);
                default -> {}
            }
        }

        private void announce(Runnable task, boolean dead) {
            if (dead) {
                throw new RejectedExecutionException("shut down");
            }
            thread.execute(() -> {
                try {
                    task.run();
                } catch (IllegalStateException e) {
                    assertThat(e).hasMessage("broken");
                }
            });
        }

        private void begin(Guest guest, boolean broken) {
            guest.turns++;
            waiting.remove(guest);
            if (broken) {
                throw new IllegalStateException("broken");
            }
            most.accumulateAndGet(places.incrementAndGet(), Math::max);
            running.add(guest);
        }

        private void leave(@Nullable Guest guest) {
            if (guest != null) {
                places.decrementAndGet();
                guest.ticket.leave(random.nextInt(3_000));
                guest.ticket.leave(1);
            }
        }

        private void cancel(@Nullable Guest guest) {
            if (guest != null) {
                guest.ticket.leave(0);
            }
        }
    }
}
