package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.testkit.Answer;
import dev.corral.core.testkit.Await;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.EachTransport;
import dev.corral.core.testkit.FakeConnection;
import dev.corral.core.testkit.Gate;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.extension.ExtendWith;

/** Which upstream connections serve another request, and what happens when one that does breaks. */
@ExtendWith(NothingLeft.class)
final class ReuseIT {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final String TAGS = Requests.get("/api/tags");
    private static final Answer RESET = (connection, request) -> {
        connection.readBody();
        connection.rst();
    };

    private static void expectOk(RawClient client, String request) throws IOException {
        client.send(request);
        Response response = client.read();
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.text()).isEqualTo("{\"ok\":true}");
    }

    private static void awaitIdle(CoreFixture fixture, int count) {
        Await.until(
                SOON,
                () -> count + " idle upstream connections, but " + fixture.stats(),
                () -> fixture.stats().upstreamIdle() == count);
    }

    private static void assertNotPooledAfter(Transport transport, Answer odd, String body) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            fixture.ollama().onRequest(0, odd);
            RawClient client = fixture.client();
            client.send(TAGS);
            assertThat(client.read().text()).isEqualTo(body);
            fixture.ollama().awaitClosed(fixture.ollama().connections().get(0), SOON);
            awaitIdle(fixture, 0);
            expectOk(client, TAGS);
            assertThat(fixture.ollama().connections()).hasSize(2);
        }
    }

    @EachTransport
    void requestsOneAfterAnother_shareOneUpstreamConnection(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            for (int i = 0; i < 3; i++) {
                RawClient client = fixture.client();
                expectOk(client, TAGS);
                expectOk(client, Requests.post("/api/show", Requests.MODEL));
                client.close();
            }
            assertThat(fixture.ollama().connections()).hasSize(1);
            awaitIdle(fixture, 1);
        }
    }

    @EachTransport
    void earlyUpstreamResponse_connectionIsNotPooled(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            fixture.ollama().onRequest(0, (connection, request) -> {
                connection.early(404);
                connection.readBody();
            });
            RawClient client = fixture.client();
            client.send(Requests.declared(Requests.BLOB, 10) + "123");
            Response response = client.read();
            assertThat(response.status()).isEqualTo(404);
            assertThat(response.saysClose()).isTrue();
            client.send("4567890" + TAGS);
            client.awaitClosed(SOON);
            fixture.ollama().awaitClosed(fixture.ollama().connections().get(0), SOON);
            expectOk(fixture.client(), TAGS);
            assertThat(fixture.ollama().connections()).hasSize(2);
            assertThat(fixture.ollama().requests()).hasSize(2);
        }
    }

    @EachTransport
    void garbageOnIdleConnection_evicted(Transport transport) throws IOException {
        Gate idle = new Gate();
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            fixture.ollama().onRequest(0, (connection, request) -> {
                connection.respond(200, "application/json", "{\"ok\":true}");
                idle.await();
                connection.garbageWhenIdle("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nstray");
                connection.awaitEnd();
            });
            RawClient client = fixture.client();
            expectOk(client, TAGS);
            awaitIdle(fixture, 1);
            idle.open();
            fixture.ollama().awaitClosed(fixture.ollama().connections().get(0), SOON);
            awaitIdle(fixture, 0);
            assertThat(fixture.observed().poisoned()).isEqualTo(1);
            expectOk(client, TAGS);
        }
    }

    @EachTransport
    void partOfGarbageOnIdleConnection_isNotReused(Transport transport) throws Exception {
        Gate idle = new Gate();
        Gate sent = new Gate();
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            fixture.ollama().onRequest(0, (connection, request) -> {
                connection.respond(200, "application/json", "{\"ok\":true}");
                idle.await();
                connection.garbageWhenIdle("HTT");
                sent.open();
                connection.awaitEnd();
            });
            RawClient client = fixture.client();
            expectOk(client, TAGS);
            awaitIdle(fixture, 1);
            idle.open();
            FakeConnection poisoned = fixture.ollama().connections().get(0);
            sent.await();
            // The proxy has nothing to show for having read it.
            assertThat(client.silentFor(Duration.ofMillis(50))).isTrue();
            expectOk(client, TAGS);
            fixture.ollama().awaitClosed(poisoned, SOON);
            assertThat(fixture.ollama().connections()).hasSize(2);
        }
    }

    @EachTransport
    void garbageBehindResponse_connectionIsNotPooled(Transport transport) throws IOException {
        String answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        for (String garbage : new String[] {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nstray", "H"}) {
            assertNotPooledAfter(transport, Answer.raw(answer + garbage), "ok");
        }
    }

    @EachTransport
    void responseThatSaysClose_connectionIsNotPooled(Transport transport) throws IOException {
        String body = "Content-Length: 2\r\n\r\nok";
        assertNotPooledAfter(transport, Answer.raw("HTTP/1.1 200 OK\r\nConnection: close\r\n" + body), "ok");
        assertNotPooledAfter(transport, Answer.raw("HTTP/1.0 200 OK\r\n" + body), "ok");
    }

    @EachTransport
    void closedOnIdle_isForgotten(Transport transport) throws IOException {
        for (boolean reset : new boolean[] {false, true}) {
            Gate idle = new Gate();
            try (CoreFixture fixture = CoreSetup.on(transport).start()) {
                fixture.ollama().onRequest(0, (connection, request) -> {
                    connection.respond(200, "application/json", "{\"ok\":true}");
                    idle.await();
                    if (reset) {
                        connection.rst();
                    } else {
                        connection.close();
                    }
                });
                RawClient client = fixture.client();
                expectOk(client, TAGS);
                awaitIdle(fixture, 1);
                idle.open();
                awaitIdle(fixture, 0);
                expectOk(client, Requests.post("/api/generate", Requests.MODEL));
                assertThat(fixture.observed().poisoned()).isZero();
            }
        }
    }

    @EachTransport
    void idleTooLong_isClosed(Transport transport) throws IOException {
        try (CoreFixture fixture =
                CoreSetup.on(transport).pool(64, Duration.ofMillis(200)).start()) {
            expectOk(fixture.client(), TAGS);
            FakeConnection connection = fixture.ollama().connections().get(0);
            fixture.ollama().awaitClosed(connection, SOON);
            awaitIdle(fixture, 0);
        }
    }

    @EachTransport
    void moreThanMaxIdle_areClosed(Transport transport) throws IOException {
        Gate gate = new Gate();
        try (CoreFixture fixture =
                CoreSetup.on(transport).pool(2, Duration.ofMinutes(1)).start()) {
            fixture.ollama().onRequest((connection, request) -> {
                gate.await();
                connection.respond(200, "application/json", "{\"ok\":true}");
            });
            RawClient[] clients = new RawClient[5];
            for (int i = 0; i < clients.length; i++) {
                clients[i] = fixture.client().send(TAGS);
            }
            fixture.ollama().awaitRequests(clients.length);
            assertThat(fixture.stats().upstreamLeased()).isEqualTo(clients.length);
            gate.open();
            for (RawClient client : clients) {
                assertThat(client.read().status()).isEqualTo(200);
            }
            awaitIdle(fixture, 2);
            Await.until(
                    "three are closed",
                    () -> fixture.ollama().connections().stream()
                                    .filter(connection -> connection.closing() != null)
                                    .count()
                            == 3);
        }
    }

    @EachTransport
    void reusedConnectionReset_getRetriedOnce(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            RawClient client = fixture.client();
            expectOk(client, TAGS);
            awaitIdle(fixture, 1);
            fixture.ollama().onRequest(1, RESET);
            expectOk(client, TAGS);
            assertThat(fixture.ollama().requests()).hasSize(3);
            assertThat(fixture.ollama().connections()).hasSize(2);

            awaitIdle(fixture, 1);
            fixture.ollama().onRequest(3, RESET).onRequest(4, RESET);
            client.send(TAGS);
            assertThat(client.read().status()).isEqualTo(502);
            assertThat(fixture.ollama().requests()).hasSize(5);
            expectOk(client, TAGS);
        }
    }

    @EachTransport
    void freshConnectionReset_isNotRetried(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            fixture.ollama().onRequest(0, RESET);
            RawClient client = fixture.client();
            client.send(TAGS);
            assertThat(client.read().status()).isEqualTo(502);
            assertThat(fixture.ollama().requests()).hasSize(1);
        }
    }

    @EachTransport
    void reusedConnectionReset_generateNotRetriedByDefault(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            RawClient client = fixture.client();
            expectOk(client, TAGS);
            awaitIdle(fixture, 1);
            fixture.ollama().onRequest(1, RESET);
            client.send(Requests.post("/api/generate", Requests.MODEL));
            assertThat(client.read().status()).isEqualTo(502);
            assertThat(fixture.ollama().requests()).hasSize(2);
            assertThat(Objects.requireNonNull(fixture.observed().await(2).get(1).error())
                            .code())
                    .isEqualTo(ErrorCode.UPSTREAM_RESET);
        }
    }
}
