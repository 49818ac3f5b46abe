package dev.corral.auth.limit;

import static dev.corral.auth.limit.Book.ALICE;
import static dev.corral.auth.limit.Book.BOB;
import static dev.corral.auth.limit.Book.limit;
import static dev.corral.auth.limit.Book.used;
import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.spi.Demand;
import dev.corral.core.spi.Permit;
import dev.corral.core.spi.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two hundred requests at one time, and a limit for fifty of them. */
final class OverspendTest {
    private static final int THREADS = 200;
    private static final int FIFTY = 50;
    // Ten tokens and a second of GPU time each.
    private static final Demand DEMAND = new Demand("m", 4, 6, TimeUnit.SECONDS.toNanos(1));

    @ParameterizedTest
    @CsvSource({
        "REQUESTS_PER_MINUTE, 50",
        "TOKENS_PER_MINUTE, 500",
        "TOKENS_PER_DAY, 500",
        "TOKENS_PER_MONTH, 509",
        "GPU_SECONDS_PER_DAY, 50",
        "CONCURRENCY, 50"
    })
    void exactlyWhatTheLimitAllows_isAdmitted(LimitKind kind, long limit) throws InterruptedException {
        Book ofKey = Book.of(limit(kind, limit));
        assertThat(admitted(ofKey, List.of(ALICE))).as("of one key").hasSize(FIFTY);
        Book ofRole = new Book("2026-11-23T12:00:00Z", "UTC", LimitSet.NONE, limit(kind, limit));
        assertThat(admitted(ofRole, List.of(ALICE, BOB))).as("of a role").hasSize(FIFTY);
        assertThat(ofRole.refused).hasSize(THREADS - FIFTY).containsOnly(kind);
    }

    @ParameterizedTest
    @CsvSource({"TOKENS_PER_DAY, 500", "TOKENS_PER_MONTH, 500", "GPU_SECONDS_PER_DAY, 50", "TOKENS_PER_MINUTE, 500"})
    void settledInParallel_theBookIsRightToTheLastToken(LimitKind kind, long limit) throws InterruptedException {
        Book book = new Book("2026-11-23T12:00:00Z", "UTC", limit(kind, limit), limit(kind, 2 * limit));
        Queue<Permit> permits = admitted(book, List.of(ALICE, BOB));
        assertThat(permits).hasSize(2 * FIFTY);
        parallel(index -> {
            Permit permit = permits.poll();
            if (permit != null) {
                permit.release(used(3, Duration.ofMillis(300)));
            }
        });
        for (LimitStatus status :
                book.limiter.status(ALICE).toCompletableFuture().join()) {
            long each = kind == LimitKind.GPU_SECONDS_PER_DAY ? 15 : 150;
            assertThat(status.used()).isEqualTo(status.account().startsWith("key:") ? each : 2 * each);
            assertThat(status.reserved()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"TOKENS_PER_MINUTE", "TOKENS_PER_DAY", "TOKENS_PER_MONTH"})
    void requestsThatNameNoNumber_areHeldToWhatTheyMayComeTo(LimitKind kind) throws InterruptedException {
        Demand unnamed = new Demand("m", 100, 600, 1, 2_100);
        Book book = Book.of(limit(kind, 5_000));
        Queue<Permit> permits = new ConcurrentLinkedQueue<>();
        parallel(index -> {
            Permit permit = book.permit(ALICE, unnamed);
            if (permit != null) {
                permits.add(permit);
            }
        });
        // Two hold all they may come to, the third what is left of it; there is no room for a short answer more.
        assertThat(permits).hasSize(3);
        assertThat(book.status(ALICE, kind).left()).isZero();
        permits.forEach(permit -> permit.release(used(1_000)));
        assertThat(book.status(ALICE, kind).used()).isEqualTo(3_000);
        assertThat(book.permit(ALICE, unnamed)).isNotNull();
    }

    @Test
    void requestsOfManyThreadsOverAndOver_areNeverMoreAtOnce_andNoneIsLost() throws InterruptedException {
        LimitSet three = limit(LimitKind.CONCURRENCY, 3, LimitKind.TOKENS_PER_DAY, LimitText.MAX);
        Book book = new Book("2026-11-23T12:00:00Z", "UTC", three, limit(LimitKind.CONCURRENCY, 5));
        Map<Principal, AtomicInteger> running = Map.of(ALICE, new AtomicInteger(), BOB, new AtomicInteger());
        Map<Principal, AtomicInteger> admitted = Map.of(ALICE, new AtomicInteger(), BOB, new AtomicInteger());
        AtomicInteger most = new AtomicInteger();
        parallel(index -> {
            Principal who = index % 2 == 0 ? ALICE : BOB;
            AtomicInteger now = Objects.requireNonNull(running.get(who));
            for (int i = 0; i < 3_000; i++) {
                Permit permit = book.permit(who, DEMAND);
                if (permit != null) {
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    Objects.requireNonNull(admitted.get(who)).incrementAndGet();
                    Thread.onSpinWait();
                    now.decrementAndGet();
                    permit.release(used(7));
                }
            }
        });
        assertThat(most).hasValueBetween(1, 3);
        for (Principal who : List.of(ALICE, BOB)) {
            LimitStatus day = book.status(who, LimitKind.TOKENS_PER_DAY);
            assertThat(day.used())
                    .isEqualTo(7L * Objects.requireNonNull(admitted.get(who)).get());
            assertThat(day.reserved()).isZero();
        }
        assertThat(book.limiter.status(ALICE).toCompletableFuture().join())
                .filteredOn(status -> status.kind() == LimitKind.CONCURRENCY)
                .hasSize(2)
                .allSatisfy(status -> assertThat(status.used()).isZero());
    }

    private static Queue<Permit> admitted(Book book, List<Principal> callers) throws InterruptedException {
        Queue<Permit> permits = new ConcurrentLinkedQueue<>();
        parallel(index -> {
            Permit permit = book.permit(callers.get(index % callers.size()), DEMAND);
            if (permit != null) {
                permits.add(permit);
            }
        });
        return permits;
    }

    private interface Work {
        void at(int index);
    }

    private static void parallel(Work work) throws InterruptedException {
        CountDownLatch start = new CountDownLatch(1);
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int index = i;
            Thread thread = new Thread(() -> {
                try {
                    start.await();
                    work.at(index);
                } catch (Throwable e) {
                    failures.add(e);
                }
            });
            thread.start();
            threads.add(thread);
        }
        start.countDown();
        for (Thread thread : threads) {
            thread.join(30_000);
            assertThat(thread.isAlive()).as("still waiting").isFalse();
        }
        assertThat(failures).isEmpty();
    }
}
