package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.AuthDecision;
import dev.corral.core.testkit.Authenticators;
import dev.corral.core.testkit.Await;
import dev.corral.core.testkit.Bytes;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.Deadline;
import dev.corral.core.testkit.EachTransport;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A refused request's body that is short and declared is read and dropped, and the connection goes on; what stands in it
 * is never taken for a request. Any other ends the connection.
 */
@ExtendWith(NothingLeft.class)
final class RefusedBodyIT {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final String KEY = "Authorization: Bearer good";
    private static final String INNER = Requests.get("/api/tags", KEY);
    private static final int LONGEST = 64 << 10;

    private static CoreSetup closed(Transport transport) {
        return CoreSetup.on(transport)
                .authenticator(Authenticators.byAuthorization(Map.of("Bearer good", Authenticators.USER)));
    }

    private static void assertKept(RawClient client, CoreFixture fixture) throws IOException {
        client.send(Requests.get("/api/version", KEY));
        assertThat(client.read().status()).isEqualTo(200);
        assertThat(fixture.ollama().requests())
                .singleElement()
                .satisfies(request -> assertThat(request.head().startLine()).contains("/api/version"));
    }

    private static Response refused(RawClient client) throws IOException {
        Response response = client.read();
        assertThat(response.status()).isEqualTo(401);
        return response;
    }

    @EachTransport
    void wholeBodyBehindItsHead_connectionGoesOn(Transport transport) throws IOException {
        try (CoreFixture fixture = closed(transport).start()) {
            RawClient client = fixture.client();
            for (int i = 0; i < 5; i++) {
                client.send(Requests.post("/api/chat", INNER.repeat(3)));
                assertThat(refused(client).saysClose()).isFalse();
            }
            assertKept(client, fixture);
            Await.until("all are told of", () -> fixture.observed().summaries().size() == 6);
        }
    }

    @EachTransport
    void bodyThatComesLater_isStillNoRequest(Transport transport) throws IOException {
        try (CoreFixture fixture = closed(transport).start()) {
            RawClient client = fixture.client();
            client.send(Requests.declared("/api/chat", 3L * INNER.length()));
            assertThat(refused(client).saysClose()).isFalse();
            client.send(INNER);
            assertThat(client.silentFor(Duration.ofMillis(50))).isTrue();
            client.send(INNER);
            // The last piece, and with it the next two requests.
            client.send(INNER + Requests.post("/api/chat", INNER) + Requests.get("/api/version", KEY));
            assertThat(refused(client).saysClose()).isFalse();
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(fixture.ollama().requests()).hasSize(1);
        }
    }

    @EachTransport
    void longestAndOneMore(Transport transport) throws IOException {
        try (CoreFixture fixture = closed(transport).start()) {
            RawClient client = fixture.client();
            client.send(Requests.declared("/api/chat", LONGEST)).send(Bytes.noise(1, LONGEST));
            assertThat(refused(client).saysClose()).isFalse();
            assertKept(client, fixture);

            RawClient other = fixture.client();
            other.send(Requests.declared("/api/chat", LONGEST + 1)).send(Bytes.noise(2, LONGEST + 1));
            assertThat(refused(other).saysClose()).isTrue();
            other.awaitClosed(SOON);
        }
    }

    @EachTransport
    void endUnknown_connectionEnds(Transport transport) throws IOException {
        try (CoreFixture fixture = closed(transport).start()) {
            for (String request : new String[] {
                Requests.chunked("/api/chat") + Requests.chunk("{}"),
                Requests.declared("/api/chat", 10, "Expect: 100-continue"),
                Requests.http10(Requests.post("/api/chat", "{}"))
            }) {
                RawClient client = fixture.client();
                client.send(request);
                assertThat(refused(client).saysClose()).isTrue();
                client.awaitClosed(SOON);
            }
            assertThat(fixture.ollama().connections()).isEmpty();
        }
    }

    @EachTransport
    void restThatNeverComes_connectionEnds(Transport transport) throws IOException {
        try (CoreFixture fixture = closed(transport)
                .deadline(Deadline.BODY_PROGRESS, Duration.ofMillis(250))
                .start()) {
            RawClient client = fixture.client();
            client.send(Requests.declared("/api/chat", 1_000) + "x");
            assertThat(refused(client).saysClose()).isFalse();
            long begun = System.nanoTime();
            // That some of it comes does not make the whole wait longer.
            for (int i = 0; i < 3 && client.silentFor(Duration.ofMillis(20)); i++) {
                client.send("x");
            }
            client.awaitClosed(SOON);
            assertThat(System.nanoTime() - begun).isLessThan(SOON.toNanos());
            assertThat(fixture.observed().summaries()).hasSize(1);
        }
    }

    @EachTransport
    void refusedAfterAllOfItCame_connectionGoesOnWhateverItsFraming(Transport transport) throws IOException {
        CompletableFuture<AuthDecision> answer = new CompletableFuture<>();
        try (CoreFixture fixture = CoreSetup.on(transport)
                .authenticator(request -> request.headers("Authorization").isEmpty()
                        ? new AuthDecision.Later(answer)
                        : new AuthDecision.Granted(Authenticators.USER))
                .start()) {
            RawClient client = fixture.client();
            client.send(Requests.chunked("/api/chat") + Requests.chunk(INNER) + "0\r\n\r\n");
            assertThat(client.silentFor(Duration.ofMillis(50))).isTrue();
            answer.complete(new AuthDecision.Denied(ProxyError.UNKNOWN_KEY));
            assertThat(refused(client).saysClose()).isFalse();
            assertKept(client, fixture);
        }
    }
}
