package dev.corral.core.admit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.testkit.TestClock;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StrangerLimitTest {
    private static final long SEED = 42;
    private static final InetAddress ONE = address("192.0.2.1");
    private static final InetAddress OTHER = address("192.0.2.2");

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new AssertionError(literal, e);
        }
    }

    private static int taken(StrangerLimit limit, InetAddress address, int tries) {
        int taken = 0;
        for (int i = 0; i < tries; i++) {
            taken += limit.take(address) == null ? 1 : 0;
        }
        return taken;
    }

    /** The clock's zero may be anywhere, and it may overflow on the way. */
    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - 30_000_000_000L, -30_000_000_000L})
    void minutesWorthAtOnce_thenEvenly_wheneverTheClockBegan(long start) {
        TestClock clock = new TestClock(start);
        StrangerLimit limit = new StrangerLimit(60, clock, SEED);

        assertThat(taken(limit, ONE, 100)).isEqualTo(60);
        clock.advance(Duration.ofMillis(999));
        assertThat(taken(limit, ONE, 10)).isZero();
        clock.advance(Duration.ofMillis(1));
        assertThat(taken(limit, ONE, 10)).isEqualTo(1);
        clock.advance(Duration.ofSeconds(20));
        assertThat(taken(limit, ONE, 100)).isEqualTo(20);
        clock.advance(Duration.ofDays(200));
        assertThat(taken(limit, ONE, 100))
                .as("no more than a minute's worth is saved up")
                .isEqualTo(60);
    }

    @Test
    void refusal_tellsWhenToComeBack() {
        TestClock clock = new TestClock();
        StrangerLimit limit = new StrangerLimit(6, clock, SEED);
        taken(limit, ONE, 6);

        ProxyError refusal = Objects.requireNonNull(limit.take(ONE));
        assertThat(refusal.code()).isEqualTo(ErrorCode.STRANGER_RATE);
        assertThat(refusal.message()).contains("6 requests").doesNotContain("192");
        assertThat(refusal.headers()).containsEntry("Retry-After", "10");
        clock.advance(Duration.ofMillis(8_500));
        assertThat(Objects.requireNonNull(limit.take(ONE)).headers()).containsEntry("Retry-After", "2");
        clock.advance(Duration.ofMillis(1_499));
        assertThat(Objects.requireNonNull(limit.take(ONE)).headers()).containsEntry("Retry-After", "1");
        clock.advance(Duration.ofMillis(1));
        assertThat(limit.take(ONE)).isNull();
    }

    @Test
    void addresses_haveBucketsOfTheirOwn_butForIPv6NetworksOf64Bits() {
        StrangerLimit limit = new StrangerLimit(5, new TestClock(), SEED);

        assertThat(taken(limit, ONE, 10)).isEqualTo(5);
        assertThat(taken(limit, OTHER, 10)).isEqualTo(5);
        assertThat(taken(limit, address("::ffff:192.0.2.1"), 10))
                .as("the same in IPv6")
                .isZero();
        assertThat(taken(limit, address("2001:db8:0:1::1"), 3)).isEqualTo(3);
        assertThat(taken(limit, address("2001:db8:0:1:ffff:ffff:ffff:ffff"), 10))
                .isEqualTo(2);
        assertThat(taken(limit, address("2001:db8:0:2::1"), 10)).isEqualTo(5);
    }

    @Test
    void manyAddresses_spreadOverTheTable_whateverTheSeed() {
        for (long seed = 0; seed < 8; seed++) {
            StrangerLimit limit = new StrangerLimit(1, new TestClock(), seed);
            int refused = 0;
            for (int i = 0; i < 8_192; i++) {
                refused += limit.take(address("10.0." + (i >> 8) + "." + (i & 255))) == null ? 0 : 1;
            }
            // An eighth of the slots: one in seventeen or so finds its slot taken.
            assertThat(refused).as("seed %d", seed).isBetween(300, 700);
        }
    }

    @Test
    void manyThreadsAtOnce_takeNoMoreThanThereIs() throws Exception {
        StrangerLimit limit = new StrangerLimit(1_000, new TestClock(), SEED);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            CountDownLatch begin = new CountDownLatch(1);
            List<Future<Integer>> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                all.add(threads.submit(() -> {
                    begin.await();
                    return taken(limit, ONE, 1_000);
                }));
            }
            begin.countDown();
            int taken = 0;
            for (Future<Integer> one : all) {
                taken += one.get();
            }
            assertThat(taken).isEqualTo(1_000);
        } finally {
            threads.shutdownNow();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void noRateAtAll_isNoSetting(int perMinute) {
        assertThatThrownBy(() -> new StrangerLimit(perMinute, new TestClock(), SEED))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("strangers per minute: " + perMinute + " (expected: at least 1)");
    }
}
