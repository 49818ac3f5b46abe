package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.CorsSettings;
import dev.corral.core.QueueSettings;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.spi.AuthDecision;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.Metering;
import dev.corral.core.spi.Outcome;
import dev.corral.core.spi.Principal;
import dev.corral.core.testkit.Answer;
import dev.corral.core.testkit.Await;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.Deadline;
import dev.corral.core.testkit.EachTransport;
import dev.corral.core.testkit.Gate;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.Response;
import dev.corral.core.testkit.TestClock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ExtendWith;

/** Requests for models have the upstream in turn, and what becomes of those that wait. */
@ExtendWith(NothingLeft.class)
final class QueueIT {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final String CHAT = Requests.post("/api/chat", Requests.MODEL);

    private static CoreSetup oneAtATime(Transport transport) {
        return CoreSetup.on(transport).loops(2).queue(new QueueSettings(1, 4, 3, LONG, false));
    }

    private static RawClient send(CoreFixture fixture, String request) throws IOException {
        RawClient client = fixture.client();
        client.send(request);
        return client;
    }

    private static void awaitQueued(CoreFixture fixture, int count) {
        Await.until(count + " wait", () -> fixture.stats().queued() == count);
    }

    /** One request that has the only place until the gate opens. */
    private static RawClient occupy(CoreFixture fixture, Gate gate) throws IOException {
        fixture.ollama().onRequest(0, (connection, request) -> {
            connection.readBody();
            gate.await();
            connection.respond(200, "application/json", "{}");
        });
        RawClient client = send(fixture, CHAT);
        fixture.ollama().awaitRequests(1);
        assertThat(fixture.stats().running()).isEqualTo(1);
        return client;
    }

    @EachTransport
    void moreThanMayRun_runInTurn_andAreToldThatTheyWaited(Transport transport) throws IOException {
        Gate gate = new Gate();
        try (CoreFixture fixture = oneAtATime(transport).start()) {
            RawClient first = occupy(fixture, gate);
            List<RawClient> waiting = new ArrayList<>();
            for (int i = 1; i <= 3; i++) {
                waiting.add(send(fixture, CHAT));
                awaitQueued(fixture, i);
            }
            RawClient listing = send(fixture, Requests.get("/api/tags"));
            assertThat(listing.read().status())
                    .as("what needs no model does not wait")
                    .isEqualTo(200);
            assertThat(waiting.get(0).silentFor(Duration.ofMillis(50))).isTrue();
            assertThat(fixture.ollama().requests()).hasSize(2);
            assertThat(fixture.stats().bufferedBodyBytes())
                    .as("bodies are held meanwhile, and counted")
                    .isGreaterThanOrEqualTo(3L * Requests.MODEL.length());

            gate.open();
            Response run = first.read();
            assertThat(run.header("X-Corral-Queue-Position")).isNull();
            assertThat(run.header("X-Corral-Queue-Wait")).isNull();
            for (int i = 0; i < 3; i++) {
                Response response = waiting.get(i).read();
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.header("X-Corral-Queue-Position")).isEqualTo(Integer.toString(i + 1));
                assertThat(Long.parseLong(Objects.requireNonNull(response.header("X-Corral-Queue-Wait"))))
                        .isBetween(50L, 60_000L);
                waiting.get(i).send(CHAT);
                Response again = waiting.get(i).read();
                assertThat(again.status()).as("the connection goes on").isEqualTo(200);
            }
            assertThat(fixture.observed().await(8))
                    .filteredOn(summary -> summary.queuePosition() > 0)
                    .hasSizeGreaterThanOrEqualTo(3)
                    .allMatch(summary -> summary.queuedNanos() > 0
                            && summary.durationNanos() >= summary.queuedNanos()
                            && summary.firstByteNanos() >= summary.queuedNanos());
        }
    }

    @EachTransport
    void whereNobodyWaits_nothingIsTold_andOneAfterTheOtherRuns(Transport transport) throws IOException {
        try (CoreFixture fixture = oneAtATime(transport).start()) {
            RawClient client = fixture.client();
            for (int i = 0; i < 20; i++) {
                client.send(CHAT);
                Response response = client.read();
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.header("X-Corral-Queue-Position")).isNull();
            }
            assertThat(fixture.observed().await(20)).allMatch(summary -> summary.queuedNanos() == 0);
        }
    }

    @EachTransport
    void clientLeavesWhileItWaits_leavesTheQueueAtOnce_andNothingReachesTheUpstream(Transport transport)
            throws IOException {
        Gate gate = new Gate();
        try (CoreFixture fixture = oneAtATime(transport).start()) {
            RawClient first = occupy(fixture, gate);
            RawClient leaving = send(fixture, CHAT);
            awaitQueued(fixture, 1);
            RawClient staying = send(fixture, CHAT);
            awaitQueued(fixture, 2);
            leaving.rst();
            awaitQueued(fixture, 1);
            ExchangeSummary gone = fixture.observed().awaitFirst();
            assertThat(gone.outcome()).isEqualTo(Outcome.CLIENT_GONE);
            assertThat(gone.metering()).isEqualTo(Metering.NONE);
            assertThat(gone.queuePosition()).isEqualTo(1);
            gate.open();
            assertThat(first.read().status()).isEqualTo(200);
            assertThat(staying.read().status()).isEqualTo(200);
            assertThat(fixture.ollama().requests()).hasSize(2);
        }
    }

    @EachTransport
    void clientLeavesWhileItRuns_thenTheNextHasItsTurn(Transport transport) throws IOException {
        try (CoreFixture fixture = oneAtATime(transport).start()) {
            fixture.ollama().onRequest(0, Answer.NEVER);
            RawClient running = send(fixture, CHAT);
            fixture.ollama().awaitRequests(1);
            RawClient next = send(fixture, CHAT);
            awaitQueued(fixture, 1);
            running.rst();
            assertThat(next.read().status()).isEqualTo(200);
        }
    }

    @EachTransport
    void placeThatDoesNotComeInTime_503_andTheConnectionGoesOn(Transport transport) throws IOException {
        TestClock clock = new TestClock();
        Gate gate = new Gate();
        try (CoreFixture fixture = oneAtATime(transport)
                .clock(clock)
                .deadline(Deadline.BODY_PROGRESS, Duration.ofSeconds(10))
                .deadline(Deadline.FIRST_BYTE, Duration.ofMinutes(10))
                .start()) {
            RawClient first = occupy(fixture, gate);
            RawClient waiting = send(fixture, CHAT);
            awaitQueued(fixture, 1);
            assertThat(waiting.silentFor(Duration.ofMillis(50))).isTrue();
            clock.advance(Duration.ofSeconds(59));
            assertThat(waiting.silentFor(Duration.ofMillis(150)))
                    .as("no other clock runs")
                    .isTrue();
            clock.advance(Duration.ofSeconds(1));
            Response late = waiting.read();
            assertThat(late.status()).isEqualTo(503);
            assertThat(late.header("X-Corral-Code")).isEqualTo("queue_timeout");
            assertThat(late.header("Retry-After")).isNotNull();
            assertThat(late.header("X-Corral-Queue-Position")).isEqualTo("1");
            assertThat(late.header("X-Corral-Queue-Wait")).isEqualTo("60000");
            awaitQueued(fixture, 0);
            assertThat(fixture.observed().awaitFirst().outcome()).isEqualTo(Outcome.TIMED_OUT);
            gate.open();
            assertThat(first.read().status()).isEqualTo(200);
            waiting.send(CHAT);
            assertThat(waiting.read().status()).isEqualTo(200);
        }
    }

    @EachTransport
    void tooManyOfOneKey_429_tooManyInAll_503(Transport transport) throws IOException {
        Gate gate = new Gate();
        try (CoreFixture fixture = CoreSetup.on(transport)
                .queue(new QueueSettings(1, 2, 1, LONG, false))
                .authenticator(request -> new AuthDecision.Granted(
                        new Principal(request.headers("X-API-Key").toString(), "n", "user")))
                .start()) {
            RawClient first = occupy(fixture, gate);
            List<RawClient> waiting = new ArrayList<>();
            for (String key : List.of("a", "b")) {
                waiting.add(send(fixture, Requests.post("/api/chat", Requests.MODEL, "X-API-Key: " + key)));
                awaitQueued(fixture, waiting.size());
            }
            RawClient refused = send(fixture, Requests.post("/v1/messages", Requests.MODEL, "X-API-Key: a"));
            Response perKey = refused.read();
            assertThat(perKey.status()).isEqualTo(429);
            assertThat(perKey.header("X-Corral-Code")).isEqualTo("queue_full_key");
            assertThat(perKey.header("Retry-After")).isNotNull();
            assertThat(perKey.text()).contains("\"type\":\"rate_limit_error\"").contains("1 requests of this key");
            refused.send(Requests.post("/v1/messages", Requests.MODEL, "X-API-Key: c"));
            Response all = refused.read();
            assertThat(all.status()).isEqualTo(503);
            assertThat(all.header("X-Corral-Code")).isEqualTo("queue_full");
            assertThat(all.header("Retry-After")).isNotNull();
            assertThat(all.text()).contains("\"type\":\"overloaded_error\"");
            gate.open();
            assertThat(first.read().status()).isEqualTo(200);
            for (RawClient client : waiting) {
                assertThat(client.read().status()).isEqualTo(200);
            }
        }
    }

    @EachTransport
    void drain_letsThoseThatWaitHaveTheirTurn(Transport transport) throws Exception {
        Gate gate = new Gate();
        try (CoreFixture fixture = oneAtATime(transport).start()) {
            RawClient first = occupy(fixture, gate);
            RawClient waiting = send(fixture, CHAT);
            awaitQueued(fixture, 1);
            CompletableFuture<Integer> drained = fixture.core().drain(SOON).toCompletableFuture();
            Await.until("draining", () -> fixture.stats().draining());
            RawClient late = send(fixture, Requests.get("/api/tags"));
            assertThat(late.read().status()).isEqualTo(503);
            late.close();
            gate.open();
            assertThat(first.read().status()).isEqualTo(200);
            Response response = waiting.read();
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.saysClose()).isTrue();
            assertThat(drained.get(SOON.toMillis(), TimeUnit.MILLISECONDS)).isZero();
        }
    }

    @EachTransport
    void close_cutsThoseThatWait_andNoneOfThemIsSentOn(Transport transport) throws IOException {
        try (CoreFixture fixture = oneAtATime(transport).start()) {
            fixture.ollama().onRequest(Answer.NEVER);
            RawClient first = send(fixture, CHAT);
            fixture.ollama().awaitRequests(1);
            List<RawClient> waiting = new ArrayList<>();
            for (int i = 1; i <= 3; i++) {
                waiting.add(send(fixture, CHAT));
                awaitQueued(fixture, i);
            }
            fixture.core().close();
            first.awaitClosed(SOON);
            for (RawClient client : waiting) {
                client.awaitClosed(SOON);
            }
            fixture.assertNothingLeft(0);
            assertThat(fixture.ollama().requests()).hasSize(1);
        }
    }

    @EachTransport
    void pipelinedBehindOneThatWaits_isAnsweredAfterIt(Transport transport) throws IOException {
        Gate gate = new Gate();
        try (CoreFixture fixture = oneAtATime(transport).start()) {
            RawClient first = occupy(fixture, gate);
            RawClient client = send(
                    fixture,
                    Requests.post("/api/generate", "{\"model\":\"a\"}")
                            + Requests.get("/api/tags")
                            + Requests.post("/api/chat", "{\"model\":\"b\"}"));
            awaitQueued(fixture, 1);
            assertThat(client.silentFor(Duration.ofMillis(50))).isTrue();
            gate.open();
            assertThat(first.read().status()).isEqualTo(200);
            for (int i = 0; i < 3; i++) {
                assertThat(client.read().status()).isEqualTo(200);
            }
            assertThat(fixture.ollama().requests())
                    .extracting(request -> request.target() + request.body().text())
                    .containsExactly(
                            "/api/chat" + Requests.MODEL,
                            "/api/generate{\"model\":\"a\"}",
                            "/api/tags",
                            "/api/chat{\"model\":\"b\"}");
        }
    }

    @EachTransport
    void expectingClient_isAskedForItsBody_thenWaits(Transport transport) throws IOException {
        Gate gate = new Gate();
        try (CoreFixture fixture = oneAtATime(transport).start()) {
            RawClient first = occupy(fixture, gate);
            RawClient client =
                    send(fixture, Requests.declared("/api/chat", Requests.MODEL.length(), "Expect: 100-continue"));
            assertThat(client.readHead().startLine()).isEqualTo("HTTP/1.1 100 Continue");
            assertThat(fixture.stats().queued())
                    .as("not before the body is known")
                    .isZero();
            client.send(Requests.MODEL);
            awaitQueued(fixture, 1);
            gate.open();
            assertThat(first.read().status()).isEqualTo(200);
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @EachTransport
    void largeBody_waitsLikeAnyOther(Transport transport) throws IOException {
        Gate gate = new Gate();
        String large = "{\"model\":\"m\",\"prompt\":\"" + "x".repeat(2 * LargeBodies.LARGE) + "\"}";
        try (CoreFixture fixture = oneAtATime(transport).start()) {
            RawClient first = occupy(fixture, gate);
            RawClient client = send(fixture, Requests.post("/api/generate", large));
            awaitQueued(fixture, 1);
            assertThat(fixture.stats().bufferedBodyBytes()).isGreaterThanOrEqualTo(large.length());
            gate.open();
            assertThat(first.read().status()).isEqualTo(200);
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(fixture.ollama().request(1).body().text()).isEqualTo(large);
        }
    }

    @EachTransport
    void corsLetsPagesReadWhatTheQueueTells(Transport transport) throws IOException {
        Gate gate = new Gate();
        try (CoreFixture fixture =
                oneAtATime(transport).cors(CorsSettings.DEFAULTS).start()) {
            RawClient first = occupy(fixture, gate);
            RawClient page = send(fixture, Requests.post("/api/chat", Requests.MODEL, "Origin: http://localhost:3000"));
            awaitQueued(fixture, 1);
            gate.open();
            assertThat(first.read().status()).isEqualTo(200);
            Response response = page.read();
            assertThat(response.header("X-Corral-Queue-Position")).isEqualTo("1");
            assertThat(response.header("Access-Control-Expose-Headers"))
                    .contains("X-Corral-Queue-Position", "X-Corral-Queue-Wait", "Retry-After", "RateLimit");
        }
    }

    @EachTransport
    void modelThatIsNotThere_looksTheSameAfterTheWait(Transport transport) throws IOException {
        Gate gate = new Gate();
        try (CoreFixture fixture = oneAtATime(transport).start()) {
            RawClient first = occupy(fixture, gate);
            fixture.ollama().onRequest(Answer.json(404, "{\"error\":\"model 'm' not found\"}"));
            RawClient client = send(fixture, CHAT);
            awaitQueued(fixture, 1);
            gate.open();
            assertThat(first.read().status()).isEqualTo(200);
            Response response = client.read();
            assertThat(response.status()).isEqualTo(404);
            assertThat(response.header("X-Corral-Queue-Position")).isNull();
            assertThat(response.header("X-Corral-Queue-Wait")).isNull();
            // The two ends are on two loops: either may be seen first.
            assertThat(fixture.observed().await(2))
                    .filteredOn(summary -> summary.status() == 404)
                    .singleElement()
                    .satisfies(summary -> assertThat(summary.queuePosition()).isEqualTo(1));
        }
    }

    @EachTransport
    void refusedOne_hasNoPlace(Transport transport) throws IOException {
        try (CoreFixture fixture = oneAtATime(transport).upstreamDown().start()) {
            for (int i = 0; i < 3; i++) {
                Response response = send(fixture, CHAT).read();
                assertThat(response.status()).isEqualTo(502);
            }
            assertThat(fixture.observed().await(3))
                    .allMatch(summary -> Objects.requireNonNull(summary.error()).code() == ErrorCode.UPSTREAM_CONNECT
                            && summary.metering().equals(Metering.NONE));
            Await.until("no place is taken", () -> fixture.stats().running() == 0);
        }
    }
}
