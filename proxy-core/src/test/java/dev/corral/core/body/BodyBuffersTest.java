package dev.corral.core.body;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.body.BodyCollector.Verdict;
import dev.corral.core.spi.NanoClock;
import dev.corral.core.testkit.NothingLeft;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NothingLeft.class)
final class BodyBuffersTest {
    private static final int LIMIT = 1 << 20;
    private static final int SMALL = BodyBuffers.SMALLEST;

    private final AtomicLong now = new AtomicLong();
    private final AtomicInteger woken = new AtomicInteger();
    private final NanoClock clock = new NanoClock() {
        @Override
        public long nanos() {
            return now.get();
        }

        @Override
        public long epochMillis() {
            return 0;
        }
    };
    private final BodyBuffers buffers = new BodyBuffers(LIMIT, clock, woken::incrementAndGet);

    @AfterEach
    void close() {
        buffers.close();
        assertThat(buffers.kept()).isZero();
    }

    @Test
    void releasedBuffer_isLentAgain_empty() {
        ByteBuf first = lend(100_000);
        assertThat(first.capacity()).isEqualTo(1 << 17);
        first.writeZero(70_000);
        first.release();
        ByteBuf second = lend(1 << 17);

        assertThat(second).isSameAs(first);
        assertThat(second.isReadable()).isFalse();
        assertThat(buffers.kept()).isEqualTo(1 << 17);
        assertThat(woken).hasValue(1);
        second.release();
    }

    @Test
    void sliceInSomebodysHands_keepsTheBufferFromOthers() {
        ByteBuf first = lend(SMALL);
        ByteBuf slice = first.writeInt(7).readRetainedSlice(4);
        first.release();
        ByteBuf second = lend(SMALL);
        second.writeInt(9);

        assertThat(second).isNotSameAs(first);
        assertThat(slice.readInt()).isEqualTo(7);
        slice.release();
        second.release();
        assertThat(buffers.kept()).isEqualTo(2 * SMALL);
    }

    @Test
    void smallAndHugeSizes_areNotKept() {
        assertThat(buffers.lend(SMALL - 1)).isNull();
        assertThat(buffers.lend(LIMIT / 4 + 1)).isNull();
        assertThat(buffers.lend(Long.MAX_VALUE)).isNull();
        assertThat(buffers.lend(-1)).isNull();
        lend(LIMIT / 4).release();
    }

    @Test
    void allLent_nothingMore_untilOneIsReleased() {
        List<ByteBuf> lent = new ArrayList<>();
        for (int i = 0; i < LIMIT / SMALL; i++) {
            lent.add(lend(SMALL));
        }
        assertThat(buffers.kept()).isEqualTo(LIMIT);
        assertThat(buffers.lend(SMALL)).isNull();
        assertThat(buffers.lend(LIMIT / 4)).isNull();
        for (int i = 0; i < LIMIT / 4 / SMALL; i++) {
            lent.remove(0).release();
        }

        ByteBuf large = lend(LIMIT / 4);
        assertThat(buffers.kept()).as("others made room").isEqualTo(LIMIT);
        large.release();
        lent.forEach(ByteBuf::release);
    }

    @Test
    void unusedForSeconds_isGivenBack_lentIsNot() {
        ByteBuf lent = lend(SMALL);
        lend(2 * SMALL).release();
        assertThat(buffers.tidy()).isTrue();
        assertThat(buffers.kept()).isEqualTo(3 * SMALL);
        now.addAndGet(TimeUnit.SECONDS.toNanos(6));

        assertThat(buffers.tidy()).as("there is more to do").isTrue();
        assertThat(buffers.kept()).isEqualTo(SMALL);
        lent.release();
        assertThat(buffers.tidy()).isFalse();
        assertThat(buffers.kept()).isZero();
    }

    @Test
    void othersInUse_doNotKeepWhatIsUnused() {
        lend(2 * SMALL).release();
        for (int second = 0; second < 12; second++) {
            now.addAndGet(TimeUnit.SECONDS.toNanos(1));
            lend(SMALL).release();
        }

        assertThat(buffers.kept()).isEqualTo(SMALL);
    }

    @Test
    void closedWhileLent_livesUntilItIsReleased() {
        ByteBuf lent = lend(SMALL);
        buffers.close();

        lent.writeInt(7);
        assertThat(lent.refCnt()).isEqualTo(1);
        assertThat(buffers.lend(SMALL)).isNull();
        lent.release();
        assertThat(lent.refCnt()).isZero();
    }

    @Test
    void severalThreads_neverShareABuffer() throws InterruptedException {
        AtomicInteger wrong = new AtomicInteger();
        Thread[] threads = new Thread[4];
        for (int i = 0; i < threads.length; i++) {
            long mark = i + 1L;
            threads[i] = new Thread(() -> {
                Random random = new Random(mark);
                for (int round = 0; round < 3_000; round++) {
                    ByteBuf buffer = buffers.lend(SMALL << random.nextInt(3));
                    if (buffer == null) {
                        continue;
                    }
                    buffer.setLong(0, mark).setLong(buffer.capacity() - 8, mark);
                    boolean mine = buffer.getLong(0) == mark && buffer.getLong(buffer.capacity() - 8) == mark;
                    wrong.addAndGet(mine && buffers.kept() <= LIMIT ? 0 : 1);
                    buffer.release();
                }
            });
            threads[i].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(wrong).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void bodiesOfAnySizeAndClaim_arriveWhole_withinTheStatedMemory(long seed) {
        Random random = new Random(seed);
        BodyBudget budget = new BodyBudget(1L << 30, 1L << 30);
        for (int round = 0; round < 60; round++) {
            int length = random.nextInt(round % 2 == 0 ? 100_000 : 700_000);
            long claim = switch (random.nextInt(4)) {
                case 0 -> -1;
                case 1 -> length;
                case 2 -> length / 2;
                default -> random.nextInt(LIMIT);
            };
            byte[] body = new byte[length];
            random.nextBytes(body);
            BodyCollector collector = new BodyCollector(budget, "key", Long.MAX_VALUE, buffers, claim);
            for (int at = 0; at < length; ) {
                int more = Math.min(length - at, 1 + random.nextInt(random.nextInt(5) == 0 ? 65_536 : 3_000));
                ByteBuf piece = Unpooled.wrappedBuffer(body, at, more);
                assertThat(collector.add(piece, ByteBufAllocator.DEFAULT)).isEqualTo(Verdict.TAKEN);
                piece.release();
                at += more;
                int capacity = collector.body().capacity();
                assertThat(capacity <= Math.max(1 << 10, 2 * at) || capacity <= LIMIT / 4 && buffers.kept() <= LIMIT)
                        .as("%d bytes for %d of %d", capacity, at, claim)
                        .isTrue();
            }
            byte[] read = new byte[length];
            collector.body().getBytes(0, read);
            assertThat(read).isEqualTo(body);
            assertThat(budget.held()).isEqualTo(length);
            collector.release();
        }
        assertThat(buffers.kept()).isLessThanOrEqualTo(LIMIT);
    }

    @Test
    void manyWhoClaimMuchAndSendOneByte_holdNoMoreThanTheBound() {
        BodyBudget budget = new BodyBudget(1L << 30, 1L << 30);
        List<BodyCollector> slow = new ArrayList<>();
        long memory = 0;
        for (int i = 0; i < 100; i++) {
            BodyCollector collector = new BodyCollector(budget, "key", Long.MAX_VALUE, buffers, LIMIT / 4);
            ByteBuf piece = Unpooled.wrappedBuffer(new byte[1]);
            collector.add(piece, ByteBufAllocator.DEFAULT);
            piece.release();
            memory += collector.body().capacity();
            slow.add(collector);
        }

        assertThat(memory).isLessThanOrEqualTo(LIMIT + 100 * 1024);
        slow.forEach(BodyCollector::release);
    }

    private ByteBuf lend(int size) {
        return Objects.requireNonNull(buffers.lend(size));
    }
}
