package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.AdmissionDecision;
import dev.corral.core.testkit.Answer;
import dev.corral.core.testkit.Await;
import dev.corral.core.testkit.Bytes;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.EachTransport;
import dev.corral.core.testkit.Gate;
import dev.corral.core.testkit.NettyMemory;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.Response;
import dev.corral.core.testkit.SeenRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a client sends ahead of its turn waits, in order and within bounds. */
@ExtendWith(NothingLeft.class)
final class PipeliningIT {
    private static final String THREE =
            Requests.get("/api/tags") + Requests.post("/api/show", "{\"model\":\"m\"}") + Requests.get("/api/ps");

    /** Repeats the target, and counts how many are being answered at one time. */
    private static Answer targets(AtomicInteger most) {
        AtomicInteger now = new AtomicInteger();
        return (connection, request) -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            connection.readBody();
            connection.pause(Duration.ofMillis(20));
            now.decrementAndGet();
            connection.respond(
                    200, "text/plain", request.target() + ' ' + request.body().text());
        };
    }

    private static void readThree(RawClient client) throws IOException {
        assertThat(client.read().text()).isEqualTo("/api/tags ");
        assertThat(client.read().text()).isEqualTo("/api/show {\"model\":\"m\"}");
        assertThat(client.read().text()).isEqualTo("/api/ps ");
    }

    @EachTransport
    void threePipelinedRequests_answeredInOrder(Transport transport) throws IOException {
        AtomicInteger most = new AtomicInteger();
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            fixture.ollama().onRequest(targets(most));
            RawClient client = fixture.client();
            client.send(THREE);
            readThree(client);
            client.send(THREE);
            readThree(client);
            assertThat(most).hasValue(1);
            assertThat(fixture.ollama().requests()).hasSize(6);
            fixture.assertNothingLeft(1);
        }
    }

    @EachTransport
    void threePipelinedRequestsByteByByte_answeredInOrder(Transport transport) throws IOException {
        AtomicInteger most = new AtomicInteger();
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            fixture.ollama().onRequest(targets(most));
            RawClient client = fixture.client();
            client.sendByteByByte(Bytes.of(THREE));
            readThree(client);
            assertThat(most).hasValue(1);
        }
    }

    @EachTransport
    void pipelinedBehindStream_waitsForItsEnd(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            fixture.ollama().onRequest(0, Answer.stream(10, Duration.ofMillis(5)));
            RawClient client = fixture.client();
            client.send(Requests.post("/api/generate", Requests.MODEL) + Requests.get("/api/tags"));
            assertThat(client.read().text()).endsWith("{\"n\":9}\n");
            assertThat(client.read().text()).isEqualTo("{\"ok\":true}");
        }
    }

    @EachTransport
    void pipelinedBehindRefusal_isAnswered(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport)
                .rule((principal, endpoint, request) -> request.path().equals("/api/ps")
                        ? new AdmissionDecision.Refuse(new ProxyError(ErrorCode.FORBIDDEN_ENDPOINT, "no"))
                        : AdmissionDecision.Admit.FREELY)
                .start()) {
            RawClient client = fixture.client();
            client.send(Requests.get("/api/ps") + Requests.get("/nowhere") + Requests.get("/api/tags"));
            assertThat(client.read().status()).isEqualTo(403);
            assertThat(client.read().status()).isEqualTo(404);
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(fixture.ollama().requests())
                    .extracting(SeenRequest::target)
                    .containsExactly("/api/tags");
        }
    }

    @EachTransport
    void pipelinedBehindClose_isNeverParsed(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            RawClient client = fixture.client();
            client.send(Requests.get("/api/tags", "Connection: close") + Requests.get("/api/ps"));
            Response response = client.read();
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.saysClose()).isTrue();
            client.awaitClosed(Duration.ofSeconds(5));
            assertThat(fixture.ollama().requests()).hasSize(1);
        }
    }

    @EachTransport
    void clientLeavesWithRequestsParked_noneOfThemRuns(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            fixture.ollama().onRequest(Answer.NEVER);
            RawClient client = fixture.client();
            client.send(
                    Requests.get("/api/tags") + Requests.post("/api/show", Requests.MODEL) + Requests.get("/api/ps"));
            fixture.ollama().awaitRequests(1);
            client.rst();
            fixture.assertNothingLeft(0);
            assertThat(fixture.ollama().requests()).hasSize(1);
        }
    }

    @EachTransport
    void pipelinedFlood_memoryBounded(Transport transport) throws Exception {
        int flood = 24 << 20;
        Gate gate = new Gate();
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            fixture.ollama().onRequest(0, (connection, request) -> {
                gate.await();
                connection.respond(200, "text/plain", "first");
            });
            RawClient client = fixture.client();
            client.send(Requests.get("/api/tags"));
            fixture.ollama().awaitRequests(1);
            long before = NettyMemory.reserved();
            AtomicLong sent = new AtomicLong();
            Thread flooding = flood(client, Requests.get("/api/ps"), flood, sent);
            assertThat(Await.settled(Duration.ofMillis(300), sent::get)).isLessThan(flood);
            assertThat(NettyMemory.reserved() - before).isLessThan(9 << 20);
            assertThat(fixture.ollama().requests()).hasSize(1);
            gate.open();
            assertThat(client.read().text()).isEqualTo("first");
            client.rst();
            flooding.join(Await.LONG.toMillis());
            fixture.assertNothingLeft(0);
        }
    }

    @EachTransport
    void pipelinedAndNeverRead_answersDoNotPileUp(Transport transport) throws IOException {
        int most = 4_000;
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            fixture.ollama().onRequest(Answer.json(200, "x".repeat(16 << 10)));
            RawClient client = fixture.client(4 << 10);
            long before = NettyMemory.reserved();
            int asked = 0;
            // Never more than a few ahead, so that the bound on parked requests is not what stops it.
            for (boolean stalled = false; !stalled && asked < most; asked += 2) {
                client.send(Requests.get("/api/ps").repeat(2));
                int expected = asked + 2;
                stalled = !comesTrue(() -> fixture.ollama().requests().size() >= expected);
            }
            assertThat(asked).isLessThan(most);
            assertThat(NettyMemory.reserved() - before).isLessThan(9 << 20);
            client.rst();
            fixture.assertNothingLeft(0);
        }
    }

    private static boolean comesTrue(BooleanSupplier fact) {
        try {
            Await.until(Duration.ofMillis(700), () -> "in time", fact);
            return true;
        } catch (AssertionError stalled) {
            return false;
        }
    }

    @EachTransport
    void pipelinedRefusalsNeverRead_doNotPileUp(Transport transport) throws Exception {
        int most = 32 << 20;
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            RawClient client = fixture.client(4 << 10);
            long before = NettyMemory.reserved();
            AtomicLong sent = new AtomicLong();
            Thread flooding = flood(client, Requests.get("/nowhere"), most, sent);
            try {
                // Either it is slowed down or it is cut; answers must not wait in memory for a client that never reads.
                Await.until(
                        Duration.ofSeconds(5),
                        () -> "an end of taking requests: " + sent + " bytes taken",
                        () -> NettyMemory.reserved() - before > 9 << 20
                                || Await.still(
                                        Duration.ofMillis(500),
                                        () -> sent.get()
                                                + fixture.observed().summaries().size()));
                assertThat(NettyMemory.reserved() - before).isLessThan(9 << 20);
                assertThat(sent.get()).isLessThan(most);
            } finally {
                client.rst();
                flooding.join(Await.LONG.toMillis());
            }
            fixture.assertNothingLeft(0);
        }
    }

    private static Thread flood(RawClient client, String request, int most, AtomicLong sent) {
        Bytes some = Bytes.of(request.repeat(200));
        Thread flooding = new Thread(() -> {
            try {
                while (sent.get() < most) {
                    client.send(some);
                    sent.addAndGet(some.size());
                }
            } catch (IOException e) {
                // The proxy may close the connection of whoever sends too much ahead.
                sent.addAndGet(0);
            }
        });
        flooding.start();
        return flooding;
    }
}
