package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.spi.Outcome;
import dev.corral.core.testkit.Authenticators;
import dev.corral.core.testkit.NothingLeft;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whatever fails at the end of an exchange, all the rest is given back and the connection goes on. */
@ExtendWith(NothingLeft.class)
final class EndingTest {
    private static final String CHAT =
            "POST /api/chat HTTP/1.1\r\nHost: a\r\nContent-Length: 13\r\n\r\n{\"model\":\"m\"}";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

    private static void assertNothingIsHeld(Bench bench) {
        assertThat(bench.shared.queue().running()).as("places").isZero();
        assertThat(bench.permits.held()).as("permits").isZero();
        assertThat(bench.limiter.held()).as("permits of the limiter").isZero();
        assertThat(bench.shared.budget().held()).as("body bytes").isZero();
        assertThat(bench.shared.inFlight()).as("in flight").isZero();
    }

    @Test
    void bodyThatCannotBeReleased_placeAndPermitsAreGivenBack() {
        try (Bench bench = new Bench()) {
            bench.limiter.later();
            bench.send(CHAT);
            Exchange exchange = bench.exchange();
            // Somebody released it once too often: doing so again throws.
            exchange.intake().body().release();
            bench.client.close();
            assertThat(exchange.finished()).isTrue();
            bench.decideAll();
            assertNothingIsHeld(bench);
            assertThat(bench.observed.awaitFirst().outcome()).isEqualTo(Outcome.CLIENT_GONE);
        }
    }

    @Test
    void errorInAPermit_placeAndOtherPermitsAreGivenBack_connectionGoesOn() {
        try (Bench bench = new Bench()) {
            bench.send(CHAT);
            bench.exchange().holdings.hold(usage -> {
                throw new NoClassDefFoundError("test");
            });
            bench.answer(OK);
            assertThat(bench.answered()).endsWith("{}");
            assertNothingIsHeld(bench);
            assertThat(bench.observed.awaitFirst().outcome()).isEqualTo(Outcome.COMPLETED);
            assertThat(bench.client.isOpen()).isTrue();
        }
    }

    @Test
    void errorInTheObserver_connectionGoesOn() {
        AtomicInteger told = new AtomicInteger();
        try (Bench bench = Bench.telling(
                summary -> {
                    told.incrementAndGet();
                    throw new StackOverflowError("test");
                },
                Authenticators.allowAll())) {
            bench.send(CHAT);
            bench.answer(OK);
            bench.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(bench.answered()).contains("Corral is running");
            assertThat(told).hasValue(2);
            assertNothingIsHeld(bench);
        }
    }
}
