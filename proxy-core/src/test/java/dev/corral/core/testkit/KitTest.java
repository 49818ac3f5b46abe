package dev.corral.core.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.Timeouts;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KitTest {
    private static final Duration SHORT = Duration.ofMillis(20);

    @Test
    void transports_followTheProperty() {
        assertThat(TestTransports.of("", true)).containsExactly(Transport.NIO, Transport.EPOLL);
        assertThat(TestTransports.of("", false)).containsExactly(Transport.NIO);
        assertThat(TestTransports.of("nio", true)).containsExactly(Transport.NIO);
        assertThat(TestTransports.of("EPOLL", true)).containsExactly(Transport.EPOLL);
    }

    @Test
    void transportThatDoesNotWorkHere_isNotSkippedSilently() {
        assertThatThrownBy(() -> TestTransports.of("epoll", false)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> TestTransports.of("kqueue", true)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void clock_movesOnlyWhenTold() {
        TestClock clock = new TestClock(Long.MAX_VALUE - 5);
        long nanos = clock.nanos();
        long millis = clock.epochMillis();
        assertThat(clock.nanos()).isEqualTo(nanos);
        clock.advance(Duration.ofSeconds(2));
        assertThat(clock.nanos() - nanos).isEqualTo(2_000_000_000L);
        assertThat(clock.epochMillis() - millis).isEqualTo(2_000L);
    }

    @Test
    void deadlines_landInTheirOwnField() {
        for (Deadline one : Deadline.values()) {
            Timeouts timeouts = Deadline.timeouts(Map.of(one, Duration.ofMillis(7)));
            assertThat(timeouts.toString()).containsOnlyOnce("PT0.007S");
        }
        assertThat(Deadline.timeouts(Map.of(Deadline.LINGER, SHORT)).linger()).isEqualTo(SHORT);
        assertThat(Deadline.timeouts(Map.of(Deadline.HEADERS, SHORT)).headers()).isEqualTo(SHORT);
    }

    @Test
    void awaitedFact_mayComeLate_butNotTooLate() {
        long soon = System.nanoTime() + 5_000_000;
        AtomicBoolean asked = new AtomicBoolean();
        Await.until("time passes", () -> asked.getAndSet(true) && System.nanoTime() - soon > 0);
        assertThatThrownBy(() -> Await.until(SHORT, () -> "pigs fly", () -> false))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("pigs fly");
    }

    @Test
    void bytes_compareByContentAndReadWell() {
        assertThat(Bytes.of("a\r\n\u0001")).isEqualTo(Bytes.of(new byte[] {'a', '\r', '\n', 1}));
        assertThat(Bytes.of("a\r\n\u0001")).hasToString("a\\r\\n\\x01");
        assertThat(Bytes.of("abc").slice(1, 2).plus(Bytes.of("x")).text()).isEqualTo("bx");
        assertThat(Bytes.noise(3, 100)).isEqualTo(Bytes.noise(3, 100)).isNotEqualTo(Bytes.noise(4, 100));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void leakedBuffer_isFound(boolean pooled) {
        ByteBufAllocator allocator = pooled ? ByteBufAllocator.DEFAULT : UnpooledByteBufAllocator.DEFAULT;
        NothingLeft.checkBuffers("before", SHORT);
        ByteBuf leaked = allocator.directBuffer(16);
        assertThatThrownBy(() -> NothingLeft.checkBuffers("here", SHORT))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("here");
        leaked.release();
        // The failed check has written it off, so that the late release shows as well.
        assertThatThrownBy(() -> NothingLeft.checkBuffers("late", SHORT)).hasMessageContaining("negative");
        NothingLeft.checkBuffers("after", SHORT);
    }
}
