package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.AdmissionDecision;
import dev.corral.core.spi.Demand;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.Limiter;
import dev.corral.core.spi.Metering;
import dev.corral.core.spi.Principal;
import dev.corral.core.testkit.Await;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.CountingLimiter;
import dev.corral.core.testkit.EachTransport;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.Response;
import dev.corral.core.testkit.TestClock;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;

/** A caller that has used up what it may: when it is told, in which words, and that permits come back. */
@ExtendWith(NothingLeft.class)
final class LimitIT {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Map<String, String> BODIES = Map.of(
            "/api/chat",
            "{\"error\":\"1000 tokens a minute are used; come back in 7 seconds\"}",
            "/v1/chat/completions",
            "{\"error\":{\"message\":\"1000 tokens a minute are used; come back in 7 seconds\",\"type\":\"tokens\","
                    + "\"param\":null,\"code\":\"rate_limit_exceeded\"}}",
            "/v1/messages",
            "{\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\","
                    + "\"message\":\"1000 tokens a minute are used; come back in 7 seconds\"},\"request_id\":\"ID\"}");

    private static void assertRefused(Response response, String path) {
        assertThat(response.status()).as(path).isEqualTo(429);
        String id = Objects.requireNonNull(response.header("X-Request-Id"));
        assertThat(response.text().strip().replace(id, "ID")).isEqualTo(BODIES.get(path));
        assertThat(response.header("X-Corral-Code")).isEqualTo("token_rate");
        assertThat(response.header("Retry-After")).isEqualTo("7");
        assertThat(response.header("RateLimit")).isEqualTo("\"tokens-per-minute\";r=0;t=7");
    }

    private static ErrorCode code(ExchangeSummary summary) {
        return Objects.requireNonNull(summary.error()).code();
    }

    @EachTransport
    void standing_refusesBeforeTheBodyIsAskedFor(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            fixture.limiter().standing(CountingLimiter.FULL);
            for (String path : BODIES.keySet()) {
                RawClient client = fixture.client();
                client.send(Requests.declared(path, 1000, "Expect: 100-continue"));
                Response response = client.read();
                assertThat(response.interim()).as("no 100").isEmpty();
                assertRefused(response, path);
            }
            RawClient client = fixture.client();
            for (String own : new String[] {"/", "/-/help", "/-/me"}) {
                client.send(Requests.get(own));
                assertThat(client.read().status())
                        .as("%s counts on nothing", own)
                        .isEqualTo(200);
            }
            assertThat(fixture.limiter().demands()).isEmpty();
            assertThat(fixture.permits().given())
                    .as("permits of the rules, which came first")
                    .isEqualTo(3);
            assertThat(fixture.ollama().requests()).isEmpty();
        }
    }

    @EachTransport
    void reservation_refusesWhenTheBodyIsKnown_andTheConnectionGoesOn(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            fixture.limiter()
                    .refuse(Endpoint.CHAT, CountingLimiter.FULL)
                    .refuse(Endpoint.CHAT_COMPLETIONS, CountingLimiter.FULL)
                    .refuse(Endpoint.MESSAGES, CountingLimiter.FULL);
            RawClient client = fixture.client();
            for (String path : BODIES.keySet()) {
                client.send(Requests.post(path, "{\"model\":\"m\",\"messages\":[],\"max_tokens\":5}"));
                assertRefused(client.read(), path);
            }
            client.send(Requests.get("/api/tags"));
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(fixture.observed().await(4))
                    .allMatch(summary -> summary.metering().equals(Metering.NONE));
            assertThat(fixture.limiter().demands())
                    .extracting(demand -> String.valueOf(demand.model()))
                    .containsExactly(
                            "registry.ollama.ai/library/m:latest",
                            "registry.ollama.ai/library/m:latest",
                            "registry.ollama.ai/library/m:latest",
                            "null");
            assertThat(fixture.limiter().given()).as("for the listing").isEqualTo(1);
            assertThat(fixture.ollama().requests()).hasSize(1);
        }
    }

    @EachTransport
    void answerThatComesLater_decides_forBothKindsOfRequest(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            CountingLimiter limiter = fixture.limiter().later();
            RawClient client = fixture.client();
            for (String request : new String[] {
                Requests.post("/api/chat", Requests.MODEL), Requests.get("/api/tags"), Requests.post(Requests.BLOB, "x")
            }) {
                client.send(request);
                CompletableFuture<AdmissionDecision> question = limiter.next();
                assertThat(client.silentFor(Duration.ofMillis(50))).isTrue();
                question.complete(limiter.admit());
                assertThat(client.read().status()).isEqualTo(200);

                client.send(request);
                limiter.next().complete(new AdmissionDecision.Refuse(CountingLimiter.FULL));
                Response refused = client.read();
                assertThat(refused.status()).isEqualTo(429);
                if (refused.saysClose()) {
                    client = fixture.client();
                }
            }
            assertThat(fixture.ollama().requests()).hasSize(3);
            assertThat(limiter.given()).isEqualTo(3);
        }
    }

    @EachTransport
    void answerThatFails_orIsNone_refuses(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            CountingLimiter limiter = fixture.limiter().later();
            RawClient client = fixture.client();
            client.send(Requests.post("/api/chat", Requests.MODEL));
            limiter.next().completeExceptionally(new IOException("secret"));
            Response failed = client.read();
            assertThat(failed.status()).isEqualTo(503);
            assertThat(failed.header("X-Corral-Code")).isEqualTo("state_unavailable");
            assertThat(failed.header("Retry-After")).isNotNull();
            assertThat(failed.text()).doesNotContain("secret");

            client.send(Requests.get("/api/tags"));
            limiter.next().complete(null);
            assertThat(client.read().status()).isEqualTo(500);
            RawClient next = fixture.client();
            next.send(Requests.get("/api/tags"));
            limiter.next().complete(new AdmissionDecision.Later(new CompletableFuture<>()));
            assertThat(next.read().status()).isEqualTo(500);
            assertThat(fixture.ollama().connections()).isEmpty();
        }
    }

    @EachTransport
    void limiterThatThrows_orSaysNothing_refuses(Transport transport) throws IOException {
        for (boolean throwing : new boolean[] {true, false}) {
            try (CoreFixture fixture =
                    CoreSetup.on(transport).limiter(new BrokenLimiter(throwing)).start()) {
                RawClient client = fixture.client();
                client.send(Requests.post("/api/chat", Requests.MODEL));
                Response response = client.read();
                assertThat(response.status()).isEqualTo(500);
                assertThat(response.text()).doesNotContain("secret");
                assertThat(fixture.ollama().connections()).isEmpty();
            }
        }
    }

    @EachTransport
    void answerThatNeverComes_refusesInTime_andItsPermitComesBackAllTheSame(Transport transport) throws IOException {
        TestClock clock = new TestClock();
        try (CoreFixture fixture = CoreSetup.on(transport).clock(clock).start()) {
            CountingLimiter limiter = fixture.limiter().later();
            for (String request :
                    new String[] {Requests.post("/api/chat", Requests.MODEL), Requests.get("/api/tags")}) {
                RawClient client = fixture.client();
                client.send(request);
                CompletableFuture<AdmissionDecision> question = limiter.next();
                assertThat(client.silentFor(Duration.ofMillis(50))).isTrue();
                clock.advance(Duration.ofSeconds(9));
                assertThat(client.silentFor(Duration.ofMillis(150))).isTrue();
                clock.advance(Duration.ofSeconds(1));
                Response response = client.read();
                assertThat(response.status()).isEqualTo(503);
                assertThat(response.header("X-Corral-Code")).isEqualTo("state_unavailable");
                client.send(Requests.get("/"));
                assertThat(client.read().status()).as("the connection goes on").isEqualTo(200);
                question.complete(limiter.admit());
                Await.until("the late permit is given back", () -> limiter.held() == 0);
            }
            assertThat(limiter.returnedAgain()).isZero();
            assertThat(fixture.ollama().connections()).isEmpty();
        }
    }

    @EachTransport
    void clientLeavesBeforeTheAnswer_itsPermitComesBackOnce(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            CountingLimiter limiter = fixture.limiter().later();
            RawClient client = fixture.client();
            client.send(Requests.post("/api/chat", Requests.MODEL));
            CompletableFuture<AdmissionDecision> question = limiter.next();
            client.rst();
            assertThat(code(fixture.observed().awaitFirst())).isEqualTo(ErrorCode.CLIENT_GONE);
            question.complete(limiter.admit());
            Await.until("the late permit is given back", () -> limiter.held() == 0);
            assertThat(limiter.returnedAgain()).isZero();
            assertThat(limiter.usages()).singleElement().satisfies(usage -> {
                assertThat(usage.metering()).isEqualTo(Metering.NONE);
                assertThat(usage.requestBytes()).isEqualTo(Requests.MODEL.length());
            });
            assertThat(fixture.ollama().connections()).isEmpty();
        }
    }

    @EachTransport
    void serverClosesBeforeTheAnswer_itsPermitComesBackOnce(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            CountingLimiter limiter = fixture.limiter().later();
            RawClient client = fixture.client();
            client.send(Requests.post("/api/chat", Requests.MODEL));
            CompletableFuture<AdmissionDecision> question = limiter.next();
            fixture.core().close();
            client.awaitClosed(SOON);
            question.complete(limiter.admit());
            Await.until("the late permit is given back", () -> limiter.held() == 0);
        }
    }

    private record BrokenLimiter(boolean throwing) implements Limiter {
        @Override
        public @Nullable ProxyError standing(Principal principal, Endpoint endpoint) {
            return null;
        }

        @Override
        @SuppressWarnings("NullAway") // Against its contract.
        public AdmissionDecision reserve(Principal principal, Endpoint endpoint, Demand demand) {
            if (throwing) {
                throw new IllegalStateException("secret reason");
            }
            return null;
        }
    }
}
