package dev.corral.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.spi.Dialect;
import dev.corral.core.spi.ExchangeObserver;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.NanoClock;
import dev.corral.core.spi.Outcome;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ObserversTest {
    private static final ExchangeSummary SUMMARY = Summaries.of(null, Dialect.NATIVE, 404, null, Outcome.REFUSED);

    private final List<String> heard = new ArrayList<>();

    @Test
    void oneThrows_theOthersStillHear() {
        Observers observers = new Observers(List.of(recorder("a"), new Broken(), recorder("b")), NanoClock.SYSTEM);

        observers.finished(SUMMARY);
        observers.eventLoopLag(1, 2);
        observers.connectionRefused();
        observers.connectionForbidden();
        observers.lockedOut(InetAddress.getLoopbackAddress(), Duration.ofSeconds(3));
        observers.upstreamConnect(true);
        observers.upstreamPoisoned();

        assertThat(heard)
                .containsExactly(
                        "a finished",
                        "b finished",
                        "a lag",
                        "b lag",
                        "a refused",
                        "b refused",
                        "a forbidden",
                        "b forbidden",
                        "a locked out PT3S",
                        "b locked out PT3S",
                        "a connect",
                        "b connect",
                        "a poisoned",
                        "b poisoned");
        assertThat(observers.failures()).isEqualTo(5);
    }

    @Test
    void nothingThrows_nothingIsCounted() {
        Observers observers = new Observers(List.of(recorder("a")), NanoClock.SYSTEM);

        observers.finished(SUMMARY);

        assertThat(heard).containsExactly("a finished");
        assertThat(observers.failures()).isZero();
    }

    private ExchangeObserver recorder(String name) {
        return new ExchangeObserver() {
            @Override
            public void finished(ExchangeSummary summary) {
                heard.add(name + " finished");
            }

            @Override
            public void eventLoopLag(int loop, long nanos) {
                heard.add(name + " lag");
            }

            @Override
            public void connectionRefused() {
                heard.add(name + " refused");
            }

            @Override
            public void connectionForbidden() {
                heard.add(name + " forbidden");
            }

            @Override
            public void lockedOut(InetAddress address, Duration time) {
                heard.add(name + " locked out " + time);
            }

            @Override
            public void upstreamConnect(boolean success) {
                heard.add(name + " connect");
            }

            @Override
            public void upstreamPoisoned() {
                heard.add(name + " poisoned");
            }
        };
    }

    private static final class Broken implements ExchangeObserver {
        @Override
        public void finished(ExchangeSummary summary) {
            throw new IllegalStateException("broken");
        }

        @Override
        public void eventLoopLag(int loop, long nanos) {
            throw new StackOverflowError();
        }

        @Override
        public void connectionRefused() {
            throw new IllegalStateException("broken");
        }

        @Override
        public void upstreamConnect(boolean success) {
            throw new AssertionError("broken");
        }

        @Override
        public void upstreamPoisoned() {
            throw new IllegalStateException("broken");
        }
    }
}
