package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.testkit.Await;
import dev.corral.core.testkit.Bytes;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.EachTransport;
import dev.corral.core.testkit.Gate;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.extension.ExtendWith;

/** Bounds on request bodies: one, declared or chunked, and all together; what is taken comes back. */
@ExtendWith(NothingLeft.class)
final class BodyLimitsIT {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final int LIMIT = 10_000;

    private static CoreFixture start(Transport transport, long all) throws IOException {
        return CoreSetup.on(transport).bodies(LIMIT, all).start();
    }

    private static void assertTooLarge(CoreFixture fixture, RawClient client) throws IOException {
        Response response = client.read();
        assertThat(response.status()).isEqualTo(413);
        assertThat(response.saysClose()).isTrue();
        client.awaitClosed(SOON);
        assertThat(Objects.requireNonNull(fixture.observed().awaitFirst().error())
                        .code())
                .isEqualTo(ErrorCode.BODY_TOO_LARGE);
        assertThat(fixture.ollama().connections()).isEmpty();
        assertThat(fixture.stats().bufferedBodyBytes()).isZero();
    }

    @EachTransport
    void bodyOfExactlyTheLimit_passes(Transport transport) throws IOException {
        String body = "x".repeat(LIMIT);
        try (CoreFixture fixture = start(transport, LIMIT)) {
            RawClient client = fixture.client();
            client.send(Requests.post(Requests.UNREAD, body));
            assertThat(client.read().status()).isEqualTo(200);
            client.send(Requests.chunked(Requests.UNREAD) + Requests.chunk(body) + "0\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @EachTransport
    void declaredTooLarge_413BeforeAnyByteOfIt(Transport transport) throws IOException {
        try (CoreFixture fixture = start(transport, 1 << 20)) {
            RawClient client = fixture.client();
            client.send(Requests.declared(Requests.UNREAD, LIMIT + 1));
            assertTooLarge(fixture, client);
        }
    }

    @EachTransport
    void declaredTooLarge_withExpect_bodyNeverRequested(Transport transport) throws IOException {
        try (CoreFixture fixture = start(transport, 1 << 20)) {
            RawClient client = fixture.client();
            client.send(Requests.declared(Requests.UNREAD, LIMIT + 1, "Expect: 100-continue"));
            assertTooLarge(fixture, client);
        }
    }

    @EachTransport
    void chunkedTooLarge_413AsSoonAsItIs(Transport transport) throws IOException {
        try (CoreFixture fixture = start(transport, 1 << 20)) {
            RawClient client = fixture.client();
            client.send(Requests.chunked(Requests.UNREAD) + Requests.chunk("x".repeat(LIMIT)));
            Await.until("all of it is held", () -> fixture.stats().bufferedBodyBytes() == LIMIT);
            client.send(Requests.chunk("x"));
            assertTooLarge(fixture, client);
        }
    }

    @EachTransport
    void oneHugeChunk_isNotWaitedFor(Transport transport) throws IOException {
        try (CoreFixture fixture = start(transport, 1 << 20)) {
            RawClient client = fixture.client();
            client.send(Requests.chunked(Requests.UNREAD) + "7ffffff\r\n" + "x".repeat(LIMIT + 1));
            assertTooLarge(fixture, client);
        }
    }

    @EachTransport
    void wholeProcessOverBudget_503_andTheBudgetComesBack(Transport transport) throws IOException {
        Bytes most = Bytes.of("x".repeat(LIMIT - 1));
        try (CoreFixture fixture = start(transport, LIMIT + 5)) {
            RawClient first = fixture.client();
            first.send(Requests.declared(Requests.UNREAD, LIMIT)).send(most);
            Await.until("the first is held", () -> fixture.stats().bufferedBodyBytes() == most.size());

            RawClient second = fixture.client();
            second.send(Requests.post(Requests.UNREAD, "0123456789"));
            Response refusal = second.read();
            assertThat(refusal.status()).isEqualTo(503);
            assertThat(refusal.header("Retry-After")).isNotNull();
            assertThat(refusal.header("X-Corral-Code")).isEqualTo("overloaded");
            assertThat(Objects.requireNonNull(fixture.observed().awaitFirst().error())
                            .code())
                    .isEqualTo(ErrorCode.OVERLOADED);

            first.send("x");
            assertThat(first.read().status()).isEqualTo(200);
            Await.until("the budget is back", () -> fixture.stats().bufferedBodyBytes() == 0);
            RawClient third = fixture.client();
            third.send(Requests.post(Requests.UNREAD, "0123456789"));
            assertThat(third.read().status()).isEqualTo(200);
        }
    }

    @EachTransport
    void budgetComesBack_whenTheClientLeavesMidBody(Transport transport) throws IOException {
        try (CoreFixture fixture = start(transport, LIMIT)) {
            for (int i = 0; i < 10; i++) {
                RawClient client = fixture.client();
                client.send(Requests.chunked(Requests.UNREAD) + Requests.chunk("x".repeat(LIMIT)));
                Await.until("it is held", () -> fixture.stats().bufferedBodyBytes() == LIMIT);
                client.rst();
                fixture.assertNothingLeft(0);
            }
            assertThat(fixture.ollama().connections()).isEmpty();
        }
    }

    @EachTransport
    void budgetComesBack_whenTheClientLeavesBeforeTheUpstreamHasReadTheBody(Transport transport) throws IOException {
        int length = 24 << 20;
        Gate left = new Gate();
        try (CoreFixture fixture =
                CoreSetup.on(transport).bodies(length, length).start()) {
            fixture.ollama().onConnection(connection -> {
                connection.stopReading();
                left.await();
                connection.startReading();
                connection.awaitEnd();
            });
            RawClient client = fixture.client();
            client.send(Requests.declared(Requests.UNREAD, length)).send(Bytes.noise(1, length));
            fixture.ollama().awaitConnections(1);
            Await.settled(Duration.ofMillis(200), () -> fixture.stats().bufferedBodyBytes());
            assertThat(fixture.stats().bufferedBodyBytes()).isEqualTo(length);
            client.close();
            fixture.assertNothingLeft(0);
            left.open();
        }
    }
}
