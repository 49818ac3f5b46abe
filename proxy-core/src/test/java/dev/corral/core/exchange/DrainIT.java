package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.spi.AuthDecision;
import dev.corral.core.spi.Outcome;
import dev.corral.core.testkit.Answer;
import dev.corral.core.testkit.Authenticators;
import dev.corral.core.testkit.Await;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ExtendWith;

/** The end: running streams finish within the deadline, nothing new begins. */
@ExtendWith(NothingLeft.class)
final class DrainIT {
    private static final Duration SOON = Duration.ofSeconds(5);

    private static int cut(CompletableFuture<Integer> drained) throws Exception {
        return drained.get(SOON.toMillis(), TimeUnit.MILLISECONDS);
    }

    @EachTransport
    void drain_finishesRunningStream_refusesNew(Transport transport) throws Exception {
        Gate gate = new Gate();
        try (CoreFixture fixture = CoreSetup.on(transport).loops(2).start()) {
            fixture.ollama().onRequest((connection, request) -> {
                connection.readBody();
                connection.sendHead(200, "Transfer-Encoding: chunked").sendChunk("before ");
                gate.await();
                connection.sendChunk("after").sendLastChunk();
            });
            RawClient idle = fixture.client();
            idle.send(Requests.get("/nowhere"));
            assertThat(idle.read().status()).isEqualTo(404);
            RawClient half = fixture.client();
            half.send("GET /api/tags HTT");
            RawClient running = fixture.client();
            running.send(Requests.post("/api/generate", Requests.MODEL));
            assertThat(running.silentFor(SOON)).isFalse();
            Await.until("three are open", () -> fixture.stats().clientConnections() == 3);

            CompletableFuture<Integer> drained = fixture.core().drain(SOON).toCompletableFuture();
            Await.until("draining", () -> fixture.stats().draining());
            idle.awaitClosed(SOON);
            half.send("P/1.1\r\nHost: x\r\n\r\n");
            Response refusal = half.read();
            assertThat(refusal.status()).isEqualTo(503);
            assertThat(refusal.saysClose()).isTrue();
            assertThat(refusal.header("Retry-After")).isNotNull();
            half.awaitClosed(SOON);
            assertThat(Objects.requireNonNull(fixture.observed().await(2).get(1).error())
                            .code())
                    .isEqualTo(ErrorCode.DRAINING);
            RawClient late = fixture.client();
            late.send(Requests.get("/api/tags"));
            assertThat(late.read().status()).isEqualTo(503);
            late.awaitClosed(SOON);
            assertThat(drained).isNotDone();

            gate.open();
            Response response = running.read();
            assertThat(response.complete()).isTrue();
            assertThat(response.text()).isEqualTo("before after");
            assertThat(cut(drained)).isZero();
            running.awaitClosed(SOON);
            assertThat(fixture.ollama().requests()).hasSize(1);
        }
    }

    @EachTransport
    void drainDeadline_tellsWhatStillRuns_closeCutsIt(Transport transport) throws Exception {
        try (CoreFixture fixture = CoreSetup.on(transport).loops(2).start()) {
            fixture.ollama().onRequest(0, Answer.NEVER).onRequest(1, (connection, request) -> {
                connection.readBody();
                connection.sendHead(200, "Transfer-Encoding: chunked").sendChunk("before");
                connection.awaitEnd();
            });
            RawClient waiting = fixture.client();
            waiting.send(Requests.post("/api/generate", Requests.MODEL));
            fixture.ollama().awaitRequests(1);
            RawClient streaming = fixture.client();
            streaming.send(Requests.post("/api/generate", Requests.MODEL));
            assertThat(streaming.silentFor(SOON)).isFalse();
            assertThat(cut(fixture.core().drain(Duration.ofMillis(200)).toCompletableFuture()))
                    .isEqualTo(2);
            assertThat(fixture.stats().inFlight()).isEqualTo(2);
            fixture.core().close();
            assertThat(streaming.read().brokenOff()).isNotNull();
            fixture.assertNothingLeft(0);
            assertThat(fixture.observed().await(2)).allMatch(summary -> summary.outcome() == Outcome.ABORTED);
            fixture.ollama().requests().forEach(request -> fixture.ollama().awaitClosed(request.connection(), SOON));
        }
    }

    @EachTransport
    void drainWithNothingToDo_isOverAtOnce(Transport transport) throws Exception {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            RawClient idle = fixture.client();
            Await.until("it is open", () -> fixture.stats().clientConnections() == 1);
            assertThat(cut(fixture.core().drain(Duration.ofMinutes(1)).toCompletableFuture()))
                    .isZero();
            idle.awaitClosed(SOON);
        }
    }

    @EachTransport
    void close_whileConnectingAndWhileAuthenticating_nothingLeft(Transport transport) throws IOException {
        CompletableFuture<AuthDecision> answer = new CompletableFuture<>();
        try (CoreFixture fixture = CoreSetup.on(transport)
                .authenticator(request -> request.path().equals("/api/chat")
                        ? new AuthDecision.Later(answer)
                        : new AuthDecision.Granted(Authenticators.USER))
                .start()) {
            fixture.ollama().stopAccepting();
            fixture.client().send(Requests.post("/api/generate", Requests.MODEL));
            fixture.client().send(Requests.post(Requests.BLOB, "blob"));
            fixture.client().send(Requests.post("/api/chat", Requests.MODEL));
            Await.until("three are in flight", () -> fixture.stats().inFlight() == 3);
            fixture.core().close();
            fixture.assertNothingLeft(0);
            answer.complete(new AuthDecision.Granted(Authenticators.USER));
            assertThat(fixture.observed().summaries()).hasSize(3);
        }
    }

    @EachTransport
    void close_cutsEverythingAtOnce_andTwiceIsOnce(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).loops(2).start()) {
            fixture.ollama().onRequest(Answer.NEVER);
            RawClient idle = fixture.client();
            RawClient uploading = fixture.client();
            uploading.send(Requests.declared("/api/generate", 100) + "{");
            RawClient waiting = fixture.client();
            waiting.send(Requests.post("/api/generate", Requests.MODEL));
            fixture.ollama().awaitRequests(1);
            Await.until("two are in flight", () -> fixture.stats().inFlight() == 2);
            fixture.core().close();
            fixture.core().close();
            idle.awaitClosed(SOON);
            fixture.assertNothingLeft(0);
            assertThat(fixture.observed().summaries()).hasSize(2);
        }
    }
}
