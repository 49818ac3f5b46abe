package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.exchange.Deadlines.Deadline;
import dev.corral.core.testkit.TestClock;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class DeadlinesTest {
    // Shortly before the overflow that System.nanoTime permits.
    private final TestClock clock = new TestClock(Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(30));
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Deadlines deadlines = new Deadlines(clock);
    private final List<String> expired = new ArrayList<>();
    private int housekeeping;
    private int ticks;

    DeadlinesTest() {
        channel.freezeTime();
        deadlines.start(
                channel.eventLoop(),
                lag -> {
                    assertThat(lag).isNotNegative();
                    ticks++;
                },
                () -> housekeeping++);
    }

    @AfterEach
    void end() {
        channel.finishAndReleaseAll();
    }

    @Test
    void deadline_firesWhenDueAndNotBefore() {
        Deadline deadline = once("a");
        deadline.await(Deadline.Name.FIRST_BYTE, Duration.ofSeconds(10).toNanos());
        pass(Duration.ofMillis(9_999));
        assertThat(expired).isEmpty();
        pass(Duration.ofMillis(1));

        assertThat(expired).containsExactly("a");
        pass(Duration.ofHours(1));
        assertThat(expired).containsExactly("a");
    }

    @Test
    void nothingAwaited_neverFires() {
        once("a");
        pass(Duration.ofDays(1));

        assertThat(expired).isEmpty();
    }

    @Test
    void movedDeadline_doesNotFireEarly() {
        Deadline deadline = once("a");
        for (int token = 0; token < 100; token++) {
            deadline.await(Deadline.Name.STREAM_IDLE, Duration.ofSeconds(10).toNanos());
            pass(Duration.ofMillis(9_900));
        }
        assertThat(expired).isEmpty();
        pass(Duration.ofMillis(100));

        assertThat(expired).containsExactly("a");
    }

    @Test
    void shortenedDeadline_firesAtTheNewTime() {
        Deadline deadline = once("a");
        deadline.await(Deadline.Name.KEEP_ALIVE, Duration.ofHours(1).toNanos());
        deadline.await(Deadline.Name.HEADERS, Duration.ofSeconds(1).toNanos());
        pass(Duration.ofSeconds(1));

        assertThat(expired).containsExactly("a");
    }

    @Test
    void clearedOrRetiredDeadline_doesNotFire() {
        Deadline cleared = once("cleared");
        Deadline retired = once("retired");
        cleared.await(Deadline.Name.HEADERS, 1);
        retired.await(Deadline.Name.HEADERS, 1);
        cleared.clear();
        retired.retire();
        retired.retire();
        pass(Duration.ofDays(1));

        assertThat(expired).isEmpty();
        assertThat(cleared.name()).isEqualTo(Deadline.Name.NONE);
    }

    @Test
    void expiryThatWaitsAgain_firesAgain() {
        List<Deadline> self = new ArrayList<>();
        Deadline deadline = deadlines.register(() -> {
            expired.add("a");
            self.get(0).await(Deadline.Name.HEADERS, Duration.ofSeconds(1).toNanos());
        });
        self.add(deadline);
        deadline.await(Deadline.Name.HEADERS, Duration.ofSeconds(1).toNanos());
        for (int i = 0; i < 5; i++) {
            pass(Duration.ofSeconds(1));
        }

        assertThat(expired).hasSize(5);
    }

    @Test
    void expiriesThatRetireThemselvesAndOthers_leaveTheRestAlone() {
        Random random = new Random(17);
        for (int round = 0; round < 300; round++) {
            expired.clear();
            int count = 1 + random.nextInt(12);
            List<Deadline> all = new ArrayList<>();
            int[] victim = new int[count];
            boolean[] due = new boolean[count];
            for (int i = 0; i < count; i++) {
                int self = i;
                victim[i] = random.nextInt(count);
                due[i] = random.nextBoolean();
                all.add(deadlines.register(() -> {
                    expired.add("" + self);
                    all.get(self).retire();
                    all.get(victim[self]).retire();
                }));
            }
            for (int i = 0; i < count; i++) {
                all.get(i)
                        .await(
                                Deadline.Name.HEADERS,
                                due[i] ? 1 : Duration.ofDays(1).toNanos());
            }
            pass(Duration.ofSeconds(1));

            assertThat(expired).as("round %d", round).doesNotHaveDuplicates();
            for (int i = 0; i < count; i++) {
                if (due[i]) {
                    // Everyone due was told, but for those that another one's expiry retired first.
                    boolean retiredByAnother = false;
                    for (int j = 0; j < count; j++) {
                        retiredByAnother |= victim[j] == i && expired.contains("" + j);
                    }
                    assertThat(expired.contains("" + i) || retiredByAnother).isTrue();
                } else {
                    assertThat(expired).doesNotContain("" + i);
                }
            }
            all.forEach(Deadline::retire);
        }
    }

    @Test
    void manyParties_areToldEachAtItsTime() {
        List<Deadline> all = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            Deadline deadline = once("" + i);
            deadline.await(
                    Deadline.Name.KEEP_ALIVE, Duration.ofMillis(10L * (i + 1)).toNanos());
            all.add(deadline);
        }
        pass(Duration.ofSeconds(25));
        assertThat(expired).hasSize(2_500);
        for (int i = 2_500; i < 5_000; i += 2) {
            all.get(i).retire();
        }
        pass(Duration.ofSeconds(25));

        assertThat(expired).hasSize(3_750).doesNotHaveDuplicates();
    }

    @Test
    void housekeeping_runsOnceInTwentyTicks() {
        for (int i = 0; i < 100; i++) {
            pass(Duration.ZERO);
        }

        assertThat(ticks).isEqualTo(100);
        assertThat(housekeeping).isEqualTo(5);
    }

    private Deadline once(String name) {
        List<Deadline> self = new ArrayList<>();
        Deadline deadline = deadlines.register(() -> {
            expired.add(name);
            self.get(0).clear();
        });
        self.add(deadline);
        return deadline;
    }

    // The clock jumps, then one tick looks.
    private void pass(Duration time) {
        clock.advance(time);
        channel.advanceTimeBy(Deadlines.TICK_NANOS, TimeUnit.NANOSECONDS);
        channel.runScheduledPendingTasks();
    }
}
