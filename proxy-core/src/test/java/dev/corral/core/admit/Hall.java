package dev.corral.core.admit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.QueueSettings;
import dev.corral.core.admit.QueueTicket.State;
import dev.corral.core.testkit.TestClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A {@link FairQueue} with a book of everything that happens at it, looked through after each step. Single-threaded. */
final class Hall {
    final TestClock clock = new TestClock();
    final FairQueue queue;
    /** In the order in which they came. */
    final List<Guest> guests = new ArrayList<>();
    /** In the order in which they started. */
    final List<Guest> started = new ArrayList<>();

    final List<Guest> running = new ArrayList<>();
    final List<Guest> waiting = new ArrayList<>();
    private final Map<String, Long> charged = new HashMap<>();
    private final Map<String, Integer> lastStarted = new HashMap<>();
    private final int parallel;

    Hall(int parallel) {
        this(new QueueSettings(parallel, 100_000, 100_000, Duration.ofMinutes(5), false), model -> false);
    }

    Hall(QueueSettings settings, Predicate<String> loaded) {
        this.parallel = settings.parallel();
        this.queue = new FairQueue(settings, clock, loaded);
    }

    /** One request. */
    static final class Guest {
        final String key;
        final int weight;
        final long cost;
        final int number;
        int turns;
        QueueTicket ticket = QueueTicket.FULL;

        private Guest(String key, int weight, long cost, int number) {
            this.key = key;
            this.weight = weight;
            this.cost = cost;
            this.number = number;
        }

        State state() {
            return ticket.state();
        }

        @Override
        public String toString() {
            return key + '#' + number;
        }
    }

    Guest enter(String key, long cost) {
        return enter(key, 1, cost, null);
    }

    Guest enter(String key, int weight, long cost, @Nullable String model) {
        Guest guest = new Guest(key, weight, cost, guests.size());
        guest.ticket = queue.enter(key, weight, cost, model, Runnable::run, () -> hasTurn(guest));
        switch (guest.state()) {
            case RUNNING -> begins(guest);
            case WAITING -> waiting.add(guest);
            case KEY_FULL, FULL -> {}
            case GONE -> throw new AssertionError("gone at once");
        }
        guests.add(guest);
        check();
        return guest;
    }

    private void hasTurn(Guest guest) {
        guest.turns++;
        assertThat(waiting.remove(guest)).as("%s waits", guest).isTrue();
        begins(guest);
    }

    private void begins(Guest guest) {
        assertThat(guest.state()).isEqualTo(State.RUNNING);
        assertThat(guest.number).as("order within a key").isGreaterThan(lastStarted.getOrDefault(guest.key, -1));
        lastStarted.put(guest.key, guest.number);
        running.add(guest);
        started.add(guest);
        charged.merge(guest.key, guest.cost, Long::sum);
    }

    /** Ends with what was expected. */
    void leave(Guest guest) {
        leave(guest, guest.cost);
    }

    void leave(Guest guest, long tokens) {
        if (running.remove(guest)) {
            charged.merge(guest.key, Math.max(Rounds.LEAST_COST, tokens) - guest.cost, Long::sum);
        } else {
            waiting.remove(guest);
        }
        guest.ticket.leave(tokens);
        check();
    }

    /** Ends the one that runs longest. */
    Guest finishOne() {
        Guest guest = running.get(0);
        leave(guest);
        return guest;
    }

    long charged(String key) {
        return charged.getOrDefault(key, 0L);
    }

    long waiting(String key) {
        return waiting.stream().filter(guest -> guest.key.equals(key)).count();
    }

    private void check() {
        assertThat(running.size()).as("places").isLessThanOrEqualTo(parallel).isEqualTo(queue.running());
        assertThat(waiting).as("those that wait").hasSize(queue.waiting());
        if (!waiting.isEmpty()) {
            assertThat(running).as("no place is free while somebody waits").hasSize(parallel);
        }
    }

    /** Nobody is left, nothing was lost and nobody was called twice. */
    void finish() {
        while (!running.isEmpty()) {
            finishOne();
        }
        assertThat(waiting).isEmpty();
        for (Guest guest : guests) {
            assertThat(guest.turns).as("turns of %s", guest).isLessThanOrEqualTo(1);
            assertThat(guest.state()).isIn(State.GONE, State.FULL, State.KEY_FULL);
        }
        assertThat(queue.known()).isLessThanOrEqualTo(FairQueue.REMEMBERED);
    }
}
