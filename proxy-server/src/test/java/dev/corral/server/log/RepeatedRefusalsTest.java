package dev.corral.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.spi.NanoClock;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RepeatedRefusalsTest {
    private long now = -5;
    private final RepeatedRefusals refusals = new RepeatedRefusals(new NanoClock() {
        @Override
        public long nanos() {
            return now;
        }

        @Override
        public long epochMillis() {
            return 0;
        }
    });

    @Test
    void sameAgain_isWrittenAfterAMinuteWithTheNumberInBetween() {
        assertThat(refusals.take("a", ErrorCode.REQUEST_RATE)).isZero();
        assertThat(refusals.take("a", ErrorCode.REQUEST_RATE)).isEqualTo(-1);
        assertThat(refusals.take("b", ErrorCode.REQUEST_RATE)).isZero();
        assertThat(refusals.take("a", ErrorCode.TOKEN_QUOTA)).isZero();
        now += TimeUnit.SECONDS.toNanos(59);
        assertThat(refusals.take("a", ErrorCode.REQUEST_RATE)).isEqualTo(-1);
        now += TimeUnit.SECONDS.toNanos(1);
        assertThat(refusals.take("a", ErrorCode.REQUEST_RATE)).isEqualTo(2);
        assertThat(refusals.takeSuppressed()).isZero();
    }

    @Test
    void keysWithoutNumber_takeBoundedMemory() {
        for (int i = 0; i < 25_000; i++) {
            assertThat(refusals.take("k" + i, ErrorCode.REQUEST_RATE)).isZero();
        }
        assertThat(refusals.take("k24999", ErrorCode.REQUEST_RATE)).isEqualTo(-1);
        assertThat(refusals.take("k0", ErrorCode.REQUEST_RATE)).isZero();
        assertThat(refusals.takeSuppressed()).isEqualTo(1);
    }
}
