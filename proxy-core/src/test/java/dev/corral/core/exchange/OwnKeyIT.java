package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.spi.Accounts;
import dev.corral.core.spi.Outcome;
import dev.corral.core.spi.Principal;
import dev.corral.core.spi.QueueStanding;
import dev.corral.core.testkit.Authenticators;
import dev.corral.core.testkit.Await;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.EachTransport;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.Response;
import dev.corral.core.testkit.TestClock;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code GET /-/me}: a key asks about itself. */
@ExtendWith(NothingLeft.class)
final class OwnKeyIT {
    private static final String KEY = "Authorization: Bearer good";
    private static final String ORIGIN = "Origin: http://localhost:3000";

    private static CoreSetup closed(Transport transport) {
        return CoreSetup.on(transport)
                .authenticator(Authenticators.byAuthorization(Map.of("Bearer good", Authenticators.USER)));
    }

    private static Accounts telling() {
        return (principal, queue) -> CompletableFuture.completedFuture(
                "{\"key\":\"" + principal.keyId() + "\",\"running\":" + queue.running() + "}\n");
    }

    @EachTransport
    void key_isToldAboutItself_andNobodyKeepsIt(Transport transport) throws IOException {
        try (CoreFixture fixture = closed(transport).accounts(telling()).start()) {
            RawClient client = fixture.client();
            for (int i = 0; i < 3; i++) {
                client.send(Requests.get("/-/me", KEY, ORIGIN));
                Response response = client.read();
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.text()).isEqualTo("{\"key\":\"k-user\",\"running\":0}\n");
                assertThat(response.header("Content-Type")).startsWith("application/json");
                assertThat(response.header("Cache-Control")).isEqualTo("no-store");
                assertThat(response.header("X-Content-Type-Options")).isEqualTo("nosniff");
                assertThat(response.header("Access-Control-Allow-Origin")).isEqualTo("http://localhost:3000");
            }
            assertThat(fixture.observed().await(3)).allMatch(summary -> summary.outcome() == Outcome.ANSWERED);
            assertThat(fixture.permits().given()).as("it counts on nothing").isZero();
            assertThat(fixture.limiter().demands()).isEmpty();
            assertThat(fixture.ollama().connections()).isEmpty();
        }
    }

    @EachTransport
    void keyThatAsksTooOften_isToldWhenToComeBack(Transport transport) throws IOException {
        TestClock clock = new TestClock();
        try (CoreFixture fixture =
                closed(transport).accounts(telling()).clock(clock).start()) {
            RawClient client = fixture.client();
            for (int i = 0; i < 20; i++) {
                client.send(Requests.get("/-/me", KEY));
                assertThat(client.read().status()).isEqualTo(200);
            }
            client.send(Requests.get("/-/me", KEY));
            Response refused = client.read();
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.header("X-Corral-Code")).isEqualTo("request_rate");
            assertThat(refused.header("Retry-After")).isEqualTo("1");
            client.send(Requests.get("/api/tags", KEY));
            assertThat(client.read().status()).as("other requests").isEqualTo(200);
            clock.advance(Duration.ofSeconds(1));
            client.send(Requests.get("/-/me", KEY));
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @EachTransport
    void stranger_getsTheSame401AsForAnything(Transport transport) throws IOException {
        try (CoreFixture fixture = closed(transport).accounts(telling()).start()) {
            RawClient client = fixture.client();
            client.send(Requests.get("/-/me"));
            Response me = client.read();
            client.send(Requests.get("/-/nowhere"));
            Response nowhere = client.read();
            assertThat(me.status()).isEqualTo(401);
            assertThat(me.text()).isEqualTo(nowhere.text());
        }
    }

    @EachTransport
    void onlyGet_withoutABody_fromPagesThatMay(Transport transport) throws IOException {
        try (CoreFixture fixture = closed(transport).accounts(telling()).start()) {
            RawClient client = fixture.client();
            for (String method : List.of("HEAD", "POST", "DELETE", "OPTIONS")) {
                client.send(Requests.head(method, "/-/me", KEY));
                Response response = client.read(method);
                assertThat(response.status()).as(method).isEqualTo(405);
                assertThat(response.header("Allow")).isEqualTo("GET");
            }
            client.send(Requests.get("/-/me", KEY, "Origin: http://evil.example"));
            assertThat(client.read().status()).isEqualTo(403);
            client.send(Requests.get("/-/me", KEY, "Content-Length: 2") + "{}");
            assertThat(client.read().status()).isEqualTo(400);
        }
    }

    @EachTransport
    void failure_isNoAnswer(Transport transport) throws IOException {
        List<Accounts> broken = List.of(
                (principal, queue) -> CompletableFuture.failedFuture(new IOException("secret")),
                (principal, queue) -> CompletableFuture.completedFuture(null),
                (principal, queue) -> {
                    throw new IllegalStateException("secret");
                });
        for (Accounts accounts : broken) {
            try (CoreFixture fixture = closed(transport).accounts(accounts).start()) {
                RawClient client = fixture.client();
                for (int i = 0; i < 2; i++) {
                    client.send(Requests.get("/-/me", KEY));
                    Response response = client.read();
                    assertThat(response.status()).isEqualTo(503);
                    assertThat(response.header("X-Corral-Code")).isEqualTo("state_unavailable");
                    assertThat(response.header("Retry-After")).isNotNull();
                    assertThat(response.text()).doesNotContain("secret");
                }
            }
        }
    }

    @EachTransport
    void answerThatComesLater_orNever_orTooLate(Transport transport) throws IOException {
        List<CompletableFuture<String>> asked = new CopyOnWriteArrayList<>();
        TestClock clock = new TestClock();
        try (CoreFixture fixture = closed(transport)
                .clock(clock)
                .accounts((Principal principal, QueueStanding queue) -> {
                    CompletableFuture<String> answer = new CompletableFuture<>();
                    asked.add(answer);
                    return answer;
                })
                .start()) {
            RawClient client = fixture.client();
            client.send(Requests.get("/-/me", KEY) + Requests.get("/", KEY));
            Await.until("asked", () -> asked.size() == 1);
            assertThat(client.silentFor(Duration.ofMillis(50))).isTrue();
            asked.get(0).complete("{}\n");
            assertThat(client.read().text()).isEqualTo("{}\n");
            assertThat(client.read().text()).startsWith("Corral");

            client.send(Requests.get("/-/me", KEY));
            Await.until("asked again", () -> asked.size() == 2);
            assertThat(client.silentFor(Duration.ofMillis(50))).isTrue();
            clock.advance(Duration.ofSeconds(10));
            assertThat(client.read().status()).isEqualTo(503);
            asked.get(1).complete("{}\n");

            client.send(Requests.get("/-/me", KEY));
            Await.until("asked a third time", () -> asked.size() == 3);
            client.rst();
            fixture.assertNothingLeft(0);
            asked.get(2).complete("{}\n");
            assertThat(fixture.observed().await(4)).hasSize(4);
        }
    }
}
