package dev.corral.core.admit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.QueueSettings;
import dev.corral.core.admit.Hall.Guest;
import dev.corral.core.admit.QueueTicket.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bound that {@link Rounds} states, and that nothing is lost, over any pattern of coming and going. */
class FairShareTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void anyPattern_noKeyFallsBehindItsShareByMoreThanTheBound(int parallel) {
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed * 31L + parallel);
            int keys = 2 + random.nextInt(6);
            Shares shares = new Shares(keys);
            for (int i = 0; i < keys; i++) {
                shares.weights[i] = 1 + random.nextInt(4);
                shares.largest[i] = 1L << random.nextInt(14);
            }
            Hall hall = new Hall(parallel);
            for (int step = 0; step < 600; step++) {
                anything(hall, shares, random);
                shares.look(hall);
            }
            hall.finish();
        }
    }

    private static void anything(Hall hall, Shares shares, Random random) {
        int what = random.nextInt(20);
        if (what < 9 || hall.running.isEmpty()) {
            int key = random.nextInt(shares.weights.length);
            long cost = 1L + random.nextInt((int) shares.largest[key]);
            hall.enter("k" + key, shares.weights[key], cost, null);
        } else if (what < 18 || hall.waiting.isEmpty()) {
            hall.leave(hall.running.get(random.nextInt(hall.running.size())));
        } else {
            hall.leave(hall.waiting.get(random.nextInt(hall.waiting.size())), 0);
        }
    }

    /** All sequences of so many steps, with two keys, three costs, and any order of ending. */
    @Test
    void everyShortPattern_keepsTheBoundAndLosesNothing() {
        int length = 6;
        int kinds = 8;
        int[] steps = new int[length];
        do {
            for (int parallel = 1; parallel <= 2; parallel++) {
                replay(parallel, steps);
            }
        } while (next(steps, kinds));
        assertThat(steps).containsOnly(0);
    }

    private static boolean next(int[] steps, int kinds) {
        for (int i = 0; i < steps.length; i++) {
            if (++steps[i] < kinds) {
                return true;
            }
            steps[i] = 0;
        }
        return false;
    }

    private static void replay(int parallel, int[] steps) {
        Hall hall = new Hall(parallel);
        Shares shares = new Shares(2);
        shares.weights[1] = 2;
        shares.largest[0] = 300;
        shares.largest[1] = 300;
        for (int step : steps) {
            switch (step) {
                case 0 -> hall.enter("k0", 1, 1, null);
                case 1 -> hall.enter("k0", 1, 300, null);
                case 2 -> hall.enter("k1", 2, 100, null);
                case 3 -> hall.enter("k1", 2, 300, null);
                case 4 -> end(hall, hall.running, 0);
                case 5 -> end(hall, hall.running, hall.running.size() - 1);
                case 6 -> end(hall, hall.waiting, 0);
                default -> end(hall, hall.waiting, hall.waiting.size() - 1);
            }
            shares.look(hall);
        }
        hall.finish();
    }

    private static void end(Hall hall, List<Guest> among, int index) {
        if (!among.isEmpty()) {
            hall.leave(among.get(index));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 50, 2_000, 60_000, 16_000_000})
    void wrongEstimates_gainAndLoseLittleOverTime(long stated) {
        Hall hall = new Hall(1);
        long used = 2_000;
        Map<String, Long> really = new HashMap<>();
        hall.enter("liar", stated);
        for (int i = 0; i < 3; i++) {
            hall.enter("liar", stated);
            hall.enter("honest", used);
        }
        for (int i = 0; i < 1_000; i++) {
            Guest guest = hall.running.get(0);
            hall.enter(guest.key, guest.cost);
            really.merge(guest.key, used, Long::sum);
            hall.leave(guest, used);
        }
        double share = really.getOrDefault("liar", 0L) / (1_000.0 * used);
        assertThat(share).isBetween(0.48, 0.52);
    }

    @Test
    void statingMuchWhileAway_bringsNoCredit() {
        Hall hall = new Hall(2);
        Guest pretended = hall.enter("sly", 1_000_000);
        for (int i = 0; i < 200; i++) {
            hall.enter("honest", 1_000);
        }
        for (int i = 0; i < 50; i++) {
            hall.leave(hall.running.get(1));
        }
        for (int i = 0; i < 100; i++) {
            hall.enter("sly", 1_000);
        }
        hall.leave(pretended, 1);
        long before = hall.charged("honest");
        long sly = hall.charged("sly");
        for (int i = 0; i < 40; i++) {
            hall.finishOne();
        }
        assertThat(hall.charged("sly") - sly - (hall.charged("honest") - before))
                .isLessThanOrEqualTo(2_000);
        hall.finish();
    }

    /** Loads, refusals and failures tell of no tokens at all. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void requestsThatUseNothing_doNotKeepTheTurn(int parallel) {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            Hall hall = new Hall(parallel);
            int free = 1 + random.nextInt(4);
            for (int i = 0; i < 32 * free; i++) {
                hall.enter("free" + i % free, 1 + random.nextInt(3), 1L + random.nextInt(600), null);
            }
            Guest first = hall.enter("victim", 100);
            Guest second = hall.enter("victim", 100);
            int turns = 0;
            while (first.state() == State.WAITING || second.state() == State.WAITING) {
                Guest ended = hall.running.get(0);
                if (!ended.key.equals("victim")) {
                    hall.enter(ended.key, ended.weight, ended.cost, null);
                }
                hall.leave(ended, ended.key.equals("victim") ? 100 : 0);
                assertThat(++turns)
                        .as("seed %d: turns until one request of 100 tokens was made up for", seed)
                        .isLessThanOrEqualTo((100 + 2 * parallel + 2) * free * 3);
            }
            hall.finish();
        }
    }

    @Test
    void placeHeldForLongWithoutTokens_isChargedByTime() {
        Hall hall = new Hall(1);
        Duration load = Duration.ofSeconds(60);
        Duration answer = Duration.ofSeconds(10);
        for (int i = 0; i < 3; i++) {
            hall.enter("loads", 1);
            hall.enter("asks", 500);
        }
        Duration loading = Duration.ZERO;
        Duration asking = Duration.ZERO;
        for (int i = 0; i < 1_400; i++) {
            Guest guest = hall.running.get(0);
            boolean loads = guest.key.equals("loads");
            hall.clock.advance(loads ? load : answer);
            loading = loading.plus(loads ? load : Duration.ZERO);
            asking = asking.plus(loads ? Duration.ZERO : answer);
            hall.enter(guest.key, guest.cost);
            hall.leave(guest, loads ? 0 : 500);
        }
        assertThat((double) loading.toSeconds() / asking.toSeconds())
                .as("time of the places")
                .isBetween(0.95, 1.05);
    }

    /** Whose request runs has none waiting, and must not lose by it. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void keysWithOneRequestAtATime_getAsMuchAsTheOneWithAHundred(int parallel) {
        Hall hall = new Hall(parallel);
        for (int i = 0; i < 100; i++) {
            hall.enter("hog", 45);
        }
        for (int i = 0; i < 9; i++) {
            hall.enter("k" + i, 45);
        }
        for (int i = 0; i < 2_000; i++) {
            Guest ended = hall.finishOne();
            hall.enter(ended.key, 45);
        }
        double total = 2_000 * 45.0;
        for (int i = 0; i < 9; i++) {
            assertThat(hall.charged("k" + i) / total).isBetween(0.095, 0.105);
        }
        hall.finish();
    }

    @Test
    void weights_divideTheTokens() {
        Hall hall = new Hall(1);
        hall.enter("blocker", 1);
        for (int i = 0; i < 400; i++) {
            hall.enter("one", 1, 700, null);
            hall.enter("three", 3, 300, null);
        }
        for (int i = 0; i < 400; i++) {
            hall.finishOne();
        }
        assertThat((double) hall.charged("three") / hall.charged("one")).isBetween(2.9, 3.1);
    }

    @Test
    void positions_tellTheOrderInWhichTheyStart() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            Shares shares = new Shares(1 + random.nextInt(6));
            for (int i = 0; i < shares.weights.length; i++) {
                shares.weights[i] = 1 + random.nextInt(3);
                shares.largest[i] = 1L + random.nextInt(500);
            }
            Hall hall = new Hall(1);
            int steps = random.nextInt(60);
            for (int i = 0; i < steps; i++) {
                // The same cost within a key: otherwise the position goes by the mean.
                int key = random.nextInt(shares.weights.length);
                if (random.nextInt(3) > 0 || hall.running.isEmpty()) {
                    hall.enter("k" + key, shares.weights[key], shares.largest[key], null);
                } else {
                    hall.finishOne();
                }
            }
            int key = random.nextInt(shares.weights.length);
            Guest last = hall.enter("k" + key, shares.weights[key], shares.largest[key], null);
            if (last.state() != State.WAITING) {
                continue;
            }
            Map<Guest, Integer> told = new HashMap<>();
            for (int i = 0; i < shares.weights.length; i++) {
                List<Guest> waiting = new ArrayList<>(hall.waiting);
                int number = i;
                waiting.removeIf(guest -> !guest.key.equals("k" + number));
                List<Integer> positions = hall.queue.standing("k" + i).waiting();
                for (int j = 0; j < waiting.size(); j++) {
                    told.put(waiting.get(j), positions.get(j));
                }
            }
            List<Guest> order = new ArrayList<>(hall.waiting);
            order.sort(Comparator.comparingInt(told::get));
            assertThat(last.ticket.position()).isEqualTo(told.get(last));
            int already = hall.started.size();
            while (!hall.waiting.isEmpty()) {
                hall.finishOne();
            }
            assertThat(hall.started.subList(already, hall.started.size()))
                    .as("seed %d", seed)
                    .isEqualTo(order);
        }
    }

    @Test
    void passedOver_isNobodyMoreOftenThanAllowed() {
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            Map<String, Boolean> warm = new HashMap<>();
            Hall hall = new Hall(
                    new QueueSettings(2, 512, 64, Duration.ofMinutes(5), true),
                    model -> warm.getOrDefault(model, false));
            for (int step = 0; step < 500; step++) {
                warm.put("m" + random.nextInt(4), random.nextBoolean());
                if (random.nextInt(20) < 11) {
                    hall.enter("k" + random.nextInt(5), 1, 1 + random.nextInt(900), "m" + random.nextInt(4));
                } else if (!hall.running.isEmpty()) {
                    hall.finishOne();
                }
            }
            hall.finish();
            assertThat(hall.guests).allMatch(guest -> guest.ticket.passedOver <= FairQueue.MOST_PASSES);
        }
    }

    /** For each pair of keys, how far their shares drifted apart while both waited all the time. */
    private static final class Shares {
        final int[] weights;
        final long[] largest;
        private final double[][] low;
        private final double[][] high;

        Shares(int keys) {
            weights = new int[keys];
            largest = new long[keys];
            low = new double[keys][keys];
            high = new double[keys][keys];
            for (int i = 0; i < keys; i++) {
                weights[i] = 1;
                Arrays.fill(low[i], Double.NaN);
            }
        }

        void look(Hall hall) {
            for (int i = 0; i < weights.length; i++) {
                for (int j = 0; j < i; j++) {
                    if (hall.waiting("k" + i) == 0 || hall.waiting("k" + j) == 0) {
                        low[i][j] = Double.NaN;
                        continue;
                    }
                    double lead =
                            (double) hall.charged("k" + i) / weights[i] - (double) hall.charged("k" + j) / weights[j];
                    if (Double.isNaN(low[i][j])) {
                        low[i][j] = lead;
                        high[i][j] = lead;
                    }
                    low[i][j] = Math.min(low[i][j], lead);
                    high[i][j] = Math.max(high[i][j], lead);
                    double bound = Rounds.QUANTUM + (double) largest[i] / weights[i] + (double) largest[j] / weights[j];
                    assertThat(high[i][j] - low[i][j]).isLessThanOrEqualTo(bound);
                }
            }
        }
    }
}
