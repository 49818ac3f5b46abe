package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.AdmissionDecision;
import dev.corral.core.spi.AuthDecision;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.Outcome;
import dev.corral.core.testkit.Authenticators;
import dev.corral.core.testkit.Await;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.EachTransport;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who is refused, how it looks, and that nothing of it reaches the upstream. */
@ExtendWith(NothingLeft.class)
final class RefusalsIT {
    private static final String KEY = "Authorization: Bearer good";

    private static CoreSetup closed(Transport transport) {
        return CoreSetup.on(transport)
                .authenticator(Authenticators.byAuthorization(Map.of("Bearer good", Authenticators.USER)));
    }

    private static Response ask(CoreFixture fixture, String request) throws IOException {
        RawClient client = fixture.client();
        client.send(request);
        return client.read(request.startsWith("HEAD") ? "HEAD" : "GET");
    }

    private static ErrorCode code(ExchangeSummary summary) {
        return Objects.requireNonNull(summary.error()).code();
    }

    /** The whole response but what is different by design. */
    private static String comparable(Response response) {
        String id = Objects.requireNonNull(response.header("X-Request-Id"));
        return (response.head().raw().text() + response.text())
                .replace(id, "ID")
                .replaceAll("(?im)^date: .*\r\n", "");
    }

    @EachTransport
    void unauthenticated_sameForKnownAndUnknownPath(Transport transport) throws IOException {
        Map<String, List<String>> byDialect = Map.of(
                "native",
                List.of(
                        Requests.get("/api/tags"),
                        Requests.get("/api/nowhere"),
                        Requests.get("/debug/pprof"),
                        Requests.head("DELETE", "/api/tags"),
                        Requests.head("PATCH", "/"),
                        Requests.get("/api/tags", "Authorization: Bearer bad"),
                        Requests.get("/nowhere", "Authorization: Bearer bad", "Authorization: Bearer good")),
                "openai",
                List.of(
                        Requests.get("/v1/models"),
                        Requests.get("/v1/nowhere"),
                        Requests.head("DELETE", "/v1/models"),
                        Requests.get("/v1/models", "Authorization: x")),
                "anthropic",
                List.of(Requests.get("/v1/messages"), Requests.get("/v1/messages/x")));
        try (CoreFixture fixture = closed(transport).start()) {
            for (List<String> requests : byDialect.values()) {
                List<String> answers = new ArrayList<>();
                for (String request : requests) {
                    Response response = ask(fixture, request);
                    assertThat(response.status()).isEqualTo(401);
                    assertThat(response.header("WWW-Authenticate")).isNotNull();
                    answers.add(comparable(response));
                }
                assertThat(answers).allMatch(answers.get(0)::equals);
            }
            assertThat(fixture.ollama().connections()).isEmpty();
            assertThat(fixture.permits().given()).isZero();
            assertThat(fixture.observed().summaries()).allMatch(summary -> summary.outcome() == Outcome.REFUSED);
        }
    }

    @EachTransport
    void refusedWithoutBody_connectionGoesOn(Transport transport) throws IOException {
        try (CoreFixture fixture = closed(transport).start()) {
            RawClient client = fixture.client();
            for (int i = 0; i < 3; i++) {
                client.send(Requests.get("/api/tags"));
                assertThat(client.read().status()).isEqualTo(401);
                client.send(Requests.get("/api/nowhere", KEY));
                assertThat(client.read().status()).isEqualTo(404);
                client.send(Requests.get("/api/tags", KEY));
                assertThat(client.read().status()).isEqualTo(200);
            }
        }
    }

    @EachTransport
    void unknownPath_404_wrongMethod_405WithAllow(Transport transport) throws IOException {
        try (CoreFixture fixture = closed(transport).start()) {
            for (String path : List.of("/api", "/api/tags/", "/API/tags", "/debug/pprof", "/metrics", "/v1")) {
                Response response = ask(fixture, Requests.get(path, KEY));
                assertThat(response.status()).as(path).isEqualTo(404);
                assertThat(response.text()).as(path).isNotEmpty();
            }
            Response post = ask(fixture, Requests.post("/api/tags", "", KEY));
            assertThat(post.status()).isEqualTo(405);
            assertThat(post.header("Allow")).isEqualTo("HEAD, GET");
            Response get = ask(fixture, Requests.get("/api/generate", KEY));
            assertThat(get.status()).isEqualTo(405);
            assertThat(get.header("Allow")).isEqualTo("POST");
            Response head = ask(fixture, Requests.head("HEAD", "/api/ps", KEY));
            assertThat(head.status()).isEqualTo(405);
            assertThat(fixture.ollama().connections()).isEmpty();
        }
    }

    @EachTransport
    void forbiddenByRule_403_earlierPermitComesBack(Transport transport) throws IOException {
        ProxyError no = new ProxyError(ErrorCode.FORBIDDEN_ENDPOINT, "the role \"user\" may not use this");
        try (CoreFixture fixture = CoreSetup.on(transport)
                .rule((principal, endpoint, request) ->
                        endpoint == Endpoint.TAGS ? AdmissionDecision.Admit.FREELY : new AdmissionDecision.Refuse(no))
                .start()) {
            for (String request : List.of(
                    Requests.post("/api/pull", "{}"),
                    Requests.post("/api/delete", "{}").replaceFirst("POST", "DELETE"),
                    Requests.post("/api/create", "{}"),
                    Requests.post(Requests.BLOB, "x"))) {
                Response response = ask(fixture, request);
                assertThat(response.status()).isEqualTo(403);
                assertThat(response.text().strip()).isEqualTo("{\"error\":\"the role \\\"user\\\" may not use this\"}");
            }
            Response openai = ask(fixture, Requests.post("/v1/responses", "{}"));
            assertThat(openai.status()).isEqualTo(403);
            assertThat(openai.text()).contains("\"code\":\"forbidden_endpoint\"");
            assertThat(ask(fixture, Requests.get("/api/tags")).status()).isEqualTo(200);
            assertThat(fixture.ollama().requests()).hasSize(1);
            assertThat(fixture.permits().given()).isEqualTo(6);
            fixture.assertNothingLeft(6);
        }
    }

    @EachTransport
    void ruleOrAuthenticatorThatFails_refuses(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport)
                .authenticator(request -> switch (request.path()) {
                    case "/api/tags" -> throw new IllegalStateException("secret reason");
                    case "/api/ps" -> new AuthDecision.Later(CompletableFuture.failedFuture(new IOException("secret")));
                    default -> new AuthDecision.Granted(Authenticators.USER);
                })
                .rule((principal, endpoint, request) -> {
                    if (endpoint == Endpoint.STATUS) {
                        throw new IllegalStateException("secret reason");
                    }
                    return AdmissionDecision.Admit.FREELY;
                })
                .start()) {
            for (String path : List.of("/api/tags", "/api/ps", "/api/status")) {
                Response response = ask(fixture, Requests.get(path));
                assertThat(response.status()).as(path).isEqualTo(500);
                assertThat(response.text()).doesNotContain("secret").contains("error");
            }
            assertThat(fixture.observed().await(3)).allMatch(summary -> code(summary) == ErrorCode.INTERNAL);
            assertThat(fixture.ollama().connections()).isEmpty();
        }
    }

    @EachTransport
    void answerThatComesLater_decides(Transport transport) throws IOException {
        List<CompletableFuture<AuthDecision>> asked = new CopyOnWriteArrayList<>();
        try (CoreFixture fixture = CoreSetup.on(transport)
                .authenticator(request -> {
                    CompletableFuture<AuthDecision> answer = new CompletableFuture<>();
                    asked.add(answer);
                    return new AuthDecision.Later(answer);
                })
                .start()) {
            RawClient client = fixture.client();
            client.send(Requests.post("/api/generate", Requests.MODEL));
            Await.until("asked", () -> asked.size() == 1);
            assertThat(client.silentFor(Duration.ofMillis(50))).isTrue();
            asked.get(0).complete(new AuthDecision.Granted(Authenticators.USER));
            assertThat(client.read().status()).isEqualTo(200);

            client.send(Requests.get("/api/tags"));
            Await.until("asked again", () -> asked.size() == 2);
            asked.get(1).complete(new AuthDecision.Denied(ProxyError.REVOKED_KEY));
            assertThat(client.read().status()).isEqualTo(401);

            client.send(Requests.get("/api/tags"));
            Await.until("asked a third time", () -> asked.size() == 3);
            assertThat(client.silentFor(Duration.ofMillis(50))).isTrue();
            client.rst();
            fixture.assertNothingLeft(0);
            asked.get(2).complete(new AuthDecision.Granted(Authenticators.USER));
            RawClient next = fixture.client();
            next.send(Requests.get("/api/tags"));
            Await.until("asked a fourth time", () -> asked.size() == 4);
            asked.get(3).complete(new AuthDecision.Granted(Authenticators.USER));
            assertThat(next.read().status()).isEqualTo(200);
            assertThat(fixture.ollama().requests()).hasSize(2);
        }
    }

    @EachTransport
    void pipelinedWhileTheAnswerIsAwaited_staysWithItsRequest(Transport transport) throws IOException {
        List<CompletableFuture<AuthDecision>> asked = new CopyOnWriteArrayList<>();
        try (CoreFixture fixture = CoreSetup.on(transport)
                .authenticator(request -> {
                    CompletableFuture<AuthDecision> answer = new CompletableFuture<>();
                    asked.add(answer);
                    return new AuthDecision.Later(answer);
                })
                .start()) {
            RawClient client = fixture.client();
            client.send(Requests.post("/api/generate", "{\"model\":\"a\"}")
                    + Requests.post("/api/chat", "{\"model\":\"b\"}"));
            Await.until("asked", () -> asked.size() == 1);
            assertThat(client.silentFor(Duration.ofMillis(50))).isTrue();
            asked.get(0).complete(new AuthDecision.Granted(Authenticators.USER));
            assertThat(client.read().status()).isEqualTo(200);
            Await.until("asked again", () -> asked.size() == 2);
            asked.get(1).complete(new AuthDecision.Granted(Authenticators.USER));
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(fixture.ollama().requests())
                    .extracting(request -> request.target() + request.body().text())
                    .containsExactly("/api/generate{\"model\":\"a\"}", "/api/chat{\"model\":\"b\"}");
        }
    }

    @EachTransport
    void answerThatCannotBeAwaited_refusesAndEnds(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport)
                .authenticator(request -> new AuthDecision.Later(new CompletableFuture<>() {
                    @Override
                    public CompletableFuture<AuthDecision> whenComplete(
                            BiConsumer<? super AuthDecision, ? super Throwable> action) {
                        throw new IllegalStateException("secret reason");
                    }
                }))
                .start()) {
            assertThat(ask(fixture, Requests.get("/api/tags")).status()).isEqualTo(500);
            assertThat(code(fixture.observed().awaitFirst())).isEqualTo(ErrorCode.INTERNAL);
            fixture.assertNothingLeft(0);
        }
    }

    @EachTransport
    void liveness_isAnsweredHere_openOrClosed(Transport transport) throws IOException {
        try (CoreFixture fixture = closed(transport).start()) {
            Response head = ask(fixture, Requests.head("HEAD", "/"));
            assertThat(head.status()).isEqualTo(200);
            Response get = ask(fixture, Requests.get("/"));
            assertThat(get.status()).isEqualTo(200);
            assertThat(get.text()).isNotEmpty().doesNotContainIgnoringCase("ollama");
            assertThat(ask(fixture, Requests.get("/api/version")).status()).isEqualTo(401);
            assertThat(fixture.ollama().connections()).isEmpty();
        }
        try (CoreFixture fixture = closed(transport).anonymousLiveness(false).start()) {
            assertThat(ask(fixture, Requests.head("HEAD", "/")).status()).isEqualTo(401);
            assertThat(ask(fixture, Requests.get("/")).status()).isEqualTo(401);
            assertThat(ask(fixture, Requests.get("/", KEY)).status()).isEqualTo(200);
            assertThat(fixture.ollama().connections()).isEmpty();
        }
    }

    @EachTransport
    void tooManyConnections_areClosedUnanswered(Transport transport) throws IOException {
        for (boolean perAddress : new boolean[] {true, false}) {
            try (CoreFixture fixture = CoreSetup.on(transport)
                    .connections(perAddress ? 100 : 2, perAddress ? 2 : 100)
                    .start()) {
                RawClient first = fixture.client();
                RawClient second = fixture.client();
                Await.until("two are open", () -> fixture.stats().clientConnections() == 2);
                fixture.client().awaitClosed(Duration.ofSeconds(5));
                assertThat(fixture.observed().refusedConnections()).isEqualTo(1);
                first.close();
                Await.until("one is open", () -> fixture.stats().clientConnections() == 1);
                assertThat(ask(fixture, Requests.get("/api/tags")).status()).isEqualTo(200);
                second.send(Requests.get("/api/tags"));
                assertThat(second.read().status()).isEqualTo(200);
            }
        }
    }
}
