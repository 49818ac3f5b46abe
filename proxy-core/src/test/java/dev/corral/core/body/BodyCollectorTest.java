package dev.corral.core.body;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.body.BodyCollector.Verdict;
import dev.corral.core.testkit.NothingLeft;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NothingLeft.class)
final class BodyCollectorTest {
    private final BodyBudget budget = new BodyBudget(100, 100);

    @Test
    void pieces_areCollectedInOrderAndChargedExactly() {
        BodyCollector collector = new BodyCollector(budget, "key", 50);

        assertThat(add(collector, "hello ")).isEqualTo(Verdict.TAKEN);
        assertThat(add(collector, "")).isEqualTo(Verdict.TAKEN);
        assertThat(add(collector, "world")).isEqualTo(Verdict.TAKEN);
        assertThat(collector.body().toString(StandardCharsets.US_ASCII)).isEqualTo("hello world");
        assertThat(budget.held()).isEqualTo(11);
        collector.release();
        assertThat(budget.held()).isZero();
    }

    @Test
    void exactlyTheLimit_isTaken_oneMoreIsNot() {
        BodyCollector collector = new BodyCollector(budget, "key", 5);

        assertThat(add(collector, "hello")).isEqualTo(Verdict.TAKEN);
        assertThat(add(collector, "!")).isEqualTo(Verdict.TOO_LARGE);
        assertThat(budget.held()).as("what was refused is not charged").isEqualTo(5);
        collector.release();
        assertThat(budget.held()).isZero();
    }

    @Test
    void otherBodiesHoldTheBudget_pieceIsRefused() {
        BodyCollector first = new BodyCollector(budget, "key", 90);
        BodyCollector second = new BodyCollector(budget, "key", 90);
        add(first, "x".repeat(60));

        assertThat(add(second, "x".repeat(40))).isEqualTo(Verdict.TAKEN);
        assertThat(add(second, "x")).isEqualTo(Verdict.OVER_BUDGET);
        assertThat(budget.held()).isEqualTo(100);
        first.release();
        assertThat(add(second, "x")).isEqualTo(Verdict.TAKEN);
        second.release();
        assertThat(budget.held()).isZero();
    }

    @Test
    void oneByteAtATime_costsNoMoreThanTheBytes() {
        BodyBudget large = new BodyBudget(1 << 20, 1 << 20);
        BodyCollector collector = new BodyCollector(large, "key", 1 << 20);
        ByteBuf piece = Unpooled.copiedBuffer("x", StandardCharsets.US_ASCII);
        for (int i = 0; i < 200_000; i++) {
            piece.setIndex(0, 1);
            assertThat(collector.add(piece, ByteBufAllocator.DEFAULT)).isEqualTo(Verdict.TAKEN);
        }

        assertThat(large.held()).isEqualTo(200_000);
        assertThat(collector.body().readableBytes()).isEqualTo(200_000);
        assertThat(collector.body().capacity()).isLessThanOrEqualTo(4 * 200_000);
        collector.release();
        assertThat(large.held()).isZero();
    }

    @Test
    void oneByte_reservesLittle() {
        BodyCollector collector = new BodyCollector(budget, "key", Long.MAX_VALUE);
        add(collector, "x");

        assertThat(collector.body().capacity()).isLessThanOrEqualTo(1 << 10);
        assertThat(budget.held()).isEqualTo(1);
        collector.release();
    }

    @Test
    void oneKey_cannotHoldEverything() {
        BodyBudget shared = new BodyBudget(100, 40);
        BodyCollector greedy = new BodyCollector(shared, "greedy", 90);
        BodyCollector other = new BodyCollector(shared, "other", 90);

        assertThat(add(greedy, "x".repeat(40))).isEqualTo(Verdict.TAKEN);
        assertThat(add(greedy, "x")).isEqualTo(Verdict.OVER_BUDGET);
        assertThat(add(other, "x".repeat(40))).isEqualTo(Verdict.TAKEN);
        greedy.release();
        assertThat(shared.take("greedy", 40)).isTrue();
        shared.giveBack("greedy", 40);
        other.release();
        assertThat(shared.held()).isZero();
    }

    @Test
    void nothingCollected_givesNothingBack() {
        budget.take("key", 7);
        BodyCollector collector = new BodyCollector(budget, "key", 50);
        add(collector, "");

        assertThat(collector.body().isReadable()).isFalse();
        collector.release();
        assertThat(budget.held()).isEqualTo(7);
    }

    @Test
    void anyMixOfBodies_neverHoldsMoreThanTheBudgetAndEndsAtZero() {
        Random random = new Random(11);
        BodyCollector[] collectors = new BodyCollector[8];
        for (int step = 0; step < 20_000; step++) {
            int i = random.nextInt(collectors.length);
            if (collectors[i] == null) {
                collectors[i] = new BodyCollector(budget, "key", 40);
            } else if (random.nextInt(6) == 0) {
                collectors[i].release();
                collectors[i] = null;
            } else {
                int before = collectors[i].body().readableBytes();
                int more = random.nextInt(12);
                Verdict verdict = add(collectors[i], "x".repeat(more));
                int after = collectors[i].body().readableBytes();
                assertThat(after).isEqualTo(verdict == Verdict.TAKEN ? before + more : before);
            }
            long sum = 0;
            for (BodyCollector collector : collectors) {
                sum += collector == null ? 0 : collector.body().readableBytes();
            }
            assertThat(budget.held()).isEqualTo(sum).isLessThanOrEqualTo(100);
        }
        for (BodyCollector collector : collectors) {
            if (collector != null) {
                collector.release();
            }
        }
        assertThat(budget.held()).isZero();
    }

    @Test
    void twoThreadsAtTheEdge_neverTakeTooMuch() throws InterruptedException {
        AtomicInteger taken = new AtomicInteger();
        CountDownLatch start = new CountDownLatch(1);
        Thread[] threads = new Thread[2];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = new Thread(() -> {
                await(start);
                for (int round = 0; round < 50_000; round++) {
                    if (budget.take("key", 60)) {
                        taken.incrementAndGet();
                        assertThat(budget.held()).isGreaterThanOrEqualTo(60);
                        budget.giveBack("key", 60);
                    }
                }
            });
            threads[i].start();
        }
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(taken.get()).isPositive();
        assertThat(budget.held()).isZero();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Verdict add(BodyCollector collector, String text) {
        ByteBuf piece = Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
        try {
            return collector.add(piece, ByteBufAllocator.DEFAULT);
        } finally {
            piece.release();
        }
    }
}
