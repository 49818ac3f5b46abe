package dev.corral.core.admit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.core.LockOutSettings;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.AddressText;
import dev.corral.core.testkit.TestClock;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LockOutTest {
    private static final InetAddress ADDRESS = ip("192.0.2.1");

    private final TestClock clock = new TestClock();
    private final List<String> told = new ArrayList<>();
    private final LockOut lockOut = lockOut(3);

    private static InetAddress ip(String text) {
        return Objects.requireNonNull(AddressText.address(text));
    }

    private LockOut lockOut(int failures) {
        return new LockOut(
                new LockOutSettings(true, failures, Duration.ofMinutes(1), Duration.ofMinutes(10)),
                clock,
                (address, time) -> told.add(address.getHostAddress() + " " + time),
                42);
    }

    private void fail(InetAddress address, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(lockOut.failed(address)).isNull();
        }
    }

    private static void assertLocked(ProxyError error, String seconds) {
        assertThat(error).isNotNull();
        assertThat(error.code()).isEqualTo(ErrorCode.LOCKED_OUT);
        assertThat(error.headers()).containsEntry("Retry-After", seconds);
    }

    @Test
    void guessingAddress_isLockedOut_andItsNeighbourIsNot() {
        fail(ADDRESS, 3);

        assertLocked(Objects.requireNonNull(lockOut.failed(ADDRESS)), "60");
        assertThat(lockOut.failed(ip("192.0.2.2"))).isNull();
        assertThat(told).containsExactly("192.0.2.1 PT1M");
        assertThat(lockOut.lockedOut()).isEqualTo(1);
    }

    @Test
    void guessesWhileLockedOut_doNotMakeItLonger() {
        fail(ADDRESS, 3);
        for (int i = 0; i < 100; i++) {
            assertThat(lockOut.failed(ADDRESS)).isNotNull();
        }
        clock.advance(Duration.ofMillis(59_500));
        assertLocked(Objects.requireNonNull(lockOut.failed(ADDRESS)), "1");
        clock.advance(Duration.ofMillis(500));

        assertThat(lockOut.lockedOut()).isZero();
        assertThat(lockOut.failed(ADDRESS)).isNull();
        assertThat(told).hasSize(1);
    }

    @Test
    void eachLockOut_isTwiceAsLong_upToTheLongest() {
        for (Duration wait : List.of(
                Duration.ofMinutes(1),
                Duration.ofMinutes(2),
                Duration.ofMinutes(4),
                Duration.ofMinutes(8),
                Duration.ofMinutes(10),
                Duration.ofMinutes(10))) {
            fail(ADDRESS, 3);
            assertLocked(Objects.requireNonNull(lockOut.failed(ADDRESS)), Long.toString(wait.toSeconds()));
            clock.advance(wait);
        }
        assertThat(told).hasSize(6).endsWith("192.0.2.1 PT10M");
    }

    @Test
    void longAfterManyLockOuts_theyAreShorterAgain() {
        for (int i = 0; i < 4; i++) {
            fail(ADDRESS, 3);
            clock.advance(Duration.ofMinutes(8));
        }
        clock.advance(Duration.ofMinutes(40));
        fail(ADDRESS, 3);

        assertLocked(Objects.requireNonNull(lockOut.failed(ADDRESS)), "60");
    }

    @Test
    void oneWrongKeyNowAndThen_neverLocksOut() {
        for (int i = 0; i < 100; i++) {
            assertThat(lockOut.failed(ADDRESS)).isNull();
            clock.advance(Duration.ofSeconds(61));
        }
        assertThat(told).isEmpty();
    }

    @Test
    void slowGuesses_areFoundOut() {
        fail(ADDRESS, 1);
        clock.advance(Duration.ofSeconds(50));
        fail(ADDRESS, 1);
        clock.advance(Duration.ofSeconds(50));
        fail(ADDRESS, 1);

        assertThat(lockOut.failed(ADDRESS)).isNotNull();
    }

    @Test
    void ipv6_countsByNetworkOf64Bits() {
        fail(ip("2001:db8::1"), 1);
        fail(ip("2001:db8::2"), 1);
        fail(ip("2001:db8::ffff:0:0:3"), 1);

        assertThat(lockOut.failed(ip("2001:db8::4"))).isNotNull();
        assertThat(lockOut.failed(ip("2001:db8:0:1::4"))).isNull();
    }

    @Test
    void ipv4_isNotTheIpv6NetworkOfTheSameNumber() {
        fail(ip("0.0.0.1"), 3);

        assertThat(lockOut.failed(ip("0:0:0:1::1"))).isNull();
    }

    @Test
    void millionAddresses_takeNoMoreMemory_andNobodyIsLockedOutForOneMistake() {
        LockOut twenty = lockOut(20);
        Random random = new Random(3);
        byte[] bytes = new byte[4];
        int refused = 0;
        for (int i = 0; i < 200_000; i++) {
            random.nextBytes(bytes);
            refused += twenty.failed(address(bytes)) == null ? 0 : 1;
        }
        assertThat(refused).isZero();
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void guessesFromSeveralThreads_lockOutOnce() throws InterruptedException {
        AtomicInteger locked = new AtomicInteger();
        AtomicInteger answered = new AtomicInteger();
        LockOut shared = new LockOut(
                new LockOutSettings(true, 100, Duration.ofMinutes(1), Duration.ofMinutes(10)),
                clock,
                (address, time) -> locked.incrementAndGet());
        CountDownLatch done = new CountDownLatch(4);
        for (int thread = 0; thread < 4; thread++) {
            new Thread(() -> {
                        for (int i = 0; i < 1_000; i++) {
                            if (shared.failed(ADDRESS) == null) {
                                answered.incrementAndGet();
                            }
                        }
                        done.countDown();
                    })
                    .start();
        }
        done.await();

        assertThat(locked).hasValue(1);
        assertThat(answered).hasValue(100);
    }

    @Test
    void yearsWithoutRestart_doNotOverflow() {
        clock.advance(Duration.ofDays(3_650));
        fail(ADDRESS, 3);

        assertLocked(Objects.requireNonNull(lockOut.failed(ADDRESS)), "60");
        assertThatThrownBy(() -> lockOut(0)).hasMessage("failures: 0 (expected: 1 to 131071)");
    }
}
