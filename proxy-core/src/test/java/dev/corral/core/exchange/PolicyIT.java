package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.testkit.Answer;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.EachTransport;
import dev.corral.core.testkit.Framing;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.Response;
import dev.corral.core.testkit.Roles;
import dev.corral.core.testkit.SeenRequest;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.extension.ExtendWith;

/** What policy makes of requests: nothing refused reaches the upstream, and what was decided on is what is sent. */
@ExtendWith(NothingLeft.class)
final class PolicyIT {
    private static final String COSTLY = "{\"model\":\"m\",\"options\":{\"num_ctx\":4096,\"seed\":1},\"keep_alive\":-1,"
            + "\"prompt\":\"\\ud83d\\ude00 " + "x".repeat(3_000) + "\"}";

    private static Response ask(RawClient client, String request) throws IOException {
        client.send(request);
        return client.read();
    }

    @EachTransport
    void changedBody_arrivesWithItsOwnLength_andTheCallerIsTold(Transport transport) throws IOException {
        try (CoreFixture fixture =
                CoreSetup.on(transport).policies(Roles.safe("*")).showChanges().start()) {
            RawClient client = fixture.client();
            Response declared = ask(client, Requests.post("/api/generate", COSTLY, "Content-Type: text/plain"));
            assertThat(declared.status()).isEqualTo(200);
            Response chunked = ask(
                    client,
                    Requests.chunked("/api/generate") + Requests.chunk(COSTLY.substring(0, 30))
                            + Requests.chunk(COSTLY.substring(30)) + "0\r\n\r\n");

            assertThat(declared.header("X-Corral-Changes"))
                    .isEqualTo(chunked.header("X-Corral-Changes"))
                    .contains("num_ctx")
                    .contains("keep_alive")
                    .hasSizeLessThanOrEqualTo(512);
            for (SeenRequest request : fixture.ollama().requests()) {
                assertThat(request.body().framing()).isEqualTo(Framing.LENGTH);
                assertThat(request.body().complete()).isTrue();
                assertThat(request.header("Content-Type")).isEqualTo("application/json");
                assertThat(request.body().text())
                        .doesNotContain("4096")
                        .contains("\"keep_alive\":3600")
                        .contains("\"seed\":1")
                        .contains("\\ud83d\\ude00 xxx");
            }
            assertThat(fixture.ollama().connections()).hasSize(1);
            ExchangeSummary summary = fixture.observed().awaitFirst();
            assertThat(summary.model()).isEqualTo("registry.ollama.ai/library/m:latest");
            assertThat(summary.changes()).contains("load_option", "keep_alive");
        }
    }

    @EachTransport
    void changes_areToldOnlyWhereTheOperatorWants_andNeverWithAnError(Transport transport) throws IOException {
        try (CoreFixture fixture =
                CoreSetup.on(transport).policies(Roles.safe("*")).start()) {
            assertThat(ask(fixture.client(), Requests.post("/api/generate", COSTLY))
                            .header("X-Corral-Changes"))
                    .isNull();
        }
        try (CoreFixture fixture =
                CoreSetup.on(transport).policies(Roles.safe("*")).showChanges().start()) {
            fixture.ollama().onRequest(Answer.json(404, "{\"error\":\"model 'm' not found\"}"));
            assertThat(ask(fixture.client(), Requests.post("/api/generate", COSTLY))
                            .header("X-Corral-Changes"))
                    .isNull();
        }
    }

    @EachTransport
    void bodyOfNoConcern_staysByteForByte(Transport transport) throws IOException {
        String body = " {\n \"model\" : \"M:Latest\",\t\"unknown\":[1e5,{}], \"prompt\":\"\\u0041\\/\"}\r\n ";
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            assertThat(ask(fixture.client(), Requests.post("/api/generate", body))
                            .status())
                    .isEqualTo(200);
            assertThat(fixture.ollama().request(0).body().text()).isEqualTo(body);
            assertThat(fixture.observed().awaitFirst().changes()).isEmpty();
        }
    }

    @EachTransport
    void refusedBody_neverReachesTheUpstream_andTheConnectionGoesOn(Transport transport) throws IOException {
        Map<String, String> refused = Map.ofEntries(
                Map.entry(Requests.post("/api/generate", ""), "400 invalid_body"),
                Map.entry(Requests.post("/api/generate", " "), "400 invalid_body"),
                Map.entry(Requests.chunked("/api/generate") + "0\r\n\r\n", "400 invalid_body"),
                Map.entry(Requests.post("/api/generate", "[]"), "400 invalid_body"),
                Map.entry(Requests.post("/api/generate", "{}"), "400 invalid_body"),
                Map.entry(Requests.post("/api/chat", "{\"model\":\"m\"}{}"), "400 invalid_body"),
                Map.entry(Requests.post("/api/chat", "{\"model\":\"m\",\"MODEL\":\"n\"}"), "400 ambiguous_body"),
                Map.entry(Requests.post("/api/chat", "{\"model\":\"m m\"}"), "400 invalid_model_name"),
                Map.entry(Requests.post("/v1/chat/completions", "{\"model\":\"m:cloud\"}"), "403 forbidden_cloud"),
                Map.entry(
                        Requests.post("/api/generate", "{\"model\":\"m\",\"template\":\"x\"}"), "403 forbidden_field"),
                Map.entry(Requests.post("/api/generate", "{\"model\":\"m\",\"keep_alive\":0}"), "403 forbidden_unload"),
                Map.entry(Requests.post("/v1/audio/transcriptions", ""), "400 invalid_body"),
                Map.entry(Requests.post("/v1/audio/transcriptions?model=m", "x"), "400 ambiguous_body"),
                Map.entry(Requests.post("/v1/audio/transcriptions?", "x"), "400 ambiguous_body"));
        try (CoreFixture fixture =
                CoreSetup.on(transport).policies(Roles.local("*")).start()) {
            for (Map.Entry<String, String> each : refused.entrySet()) {
                RawClient client = fixture.client();
                Response response = ask(client, each.getKey());
                assertThat(response.status() + " " + response.header("X-Corral-Code"))
                        .as(each.getKey())
                        .isEqualTo(each.getValue());
                if (!response.saysClose()) {
                    assertThat(ask(client, Requests.get("/")).status()).isEqualTo(200);
                }
                client.close();
            }
            assertThat(fixture.ollama().connections()).isEmpty();
            fixture.assertNothingLeft(0);
        }
    }

    @EachTransport
    void forbiddenModel_looksExactlyLikeAMissingOne(Transport transport) throws IOException {
        String plain = "{\"error\":\"model 'NAME' not found\"}";
        String openAi =
                "{\"error\":{\"message\":\"model 'NAME' not found\",\"type\":\"not_found_error\",\"param\":null,"
                        + "\"code\":null}}\n";
        String anthropic = "{\"type\":\"error\",\"error\":{\"type\":\"not_found_error\",\"message\":"
                + "\"model 'NAME' not found\"},\"request_id\":\"req_1b0e595357ee8c83ccb72c5d\"}\n";
        try (CoreFixture fixture = CoreSetup.on(transport)
                .policies(Roles.safe("open*"))
                .showChanges()
                .start()) {
            // As a real Ollama 0.24 answered, head included.
            fixture.ollama().onRequest((connection, request) -> {
                boolean v1 = request.target().startsWith("/v1/");
                String body = !v1 ? plain : request.target().equals("/v1/messages") ? anthropic : openAi;
                connection.readBody();
                String text = body.replace("NAME", "open1");
                connection.send("HTTP/1.1 404 Not Found\r\nContent-Type: application/json"
                        + (v1 ? "" : "; charset=utf-8") + "\r\nDate: Sun, 22 Nov 2026 22:01:44 GMT\r\nContent-Length: "
                        + text.length() + "\r\n\r\n" + text);
            });
            RawClient client = fixture.client();
            for (String target : List.of(
                    "/api/generate",
                    "/api/chat",
                    "/v1/chat/completions",
                    "/v1/completions",
                    "/v1/responses",
                    "/v1/messages")) {
                Response missing = ask(client, asking(target, "open1"));
                int asked = fixture.ollama().requests().size();
                Response hidden = ask(client, asking(target, "shut1"));
                assertThat(fixture.ollama().requests()).hasSize(asked);
                assertThat(comparable(hidden).replace("shut1", "open1")).isEqualTo(comparable(missing));
            }
            assertThat(fixture.observed().summaries())
                    .filteredOn(summary -> summary.error() != null)
                    .hasSize(6)
                    .allSatisfy(summary -> {
                        assertThat(Objects.requireNonNull(summary.error())
                                        .code()
                                        .label())
                                .isEqualTo("forbidden_model");
                        assertThat(summary.model()).isEqualTo("registry.ollama.ai/library/shut1:latest");
                    });
        }
    }

    private static String asking(String target, String model) {
        return Requests.post(
                target,
                "{\"model\":\"" + model + "\",\"max_tokens\":5,\"options\":{\"num_ctx\":1}}",
                "Origin: http://localhost:3000");
    }

    /** Every byte but the time and what is random by design. */
    private static String comparable(Response response) {
        return (response.head().raw().text() + response.text())
                .replace(Objects.requireNonNull(response.header("X-Request-Id")), "ID")
                .replaceAll("req_[0-9a-f]{24}", "ID")
                .replaceAll("(?m)^Date: .*$", "Date:");
    }

    @EachTransport
    void modelInThePath_isDecidedOn(Transport transport) throws IOException {
        try (CoreFixture fixture =
                CoreSetup.on(transport).policies(Roles.safe("open*")).start()) {
            RawClient client = fixture.client();
            assertThat(ask(client, Requests.get("/v1/models/open1")).status()).isEqualTo(200);
            Response hidden = ask(client, Requests.get("/v1/models/shut1"));
            assertThat(hidden.status()).isEqualTo(404);
            assertThat(hidden.text()).contains("model 'shut1:latest' not found").contains("\"code\":null");
            assertThat(fixture.ollama().requests()).hasSize(1);
        }
    }

    @EachTransport
    void roleWithoutPolicy_opensNothing(Transport transport) throws IOException {
        try (CoreFixture fixture =
                CoreSetup.on(transport).policies(role -> null).start()) {
            RawClient client = fixture.client();
            for (String request : List.of(
                    Requests.get("/api/tags"),
                    Requests.get("/api/version"),
                    Requests.post("/api/generate", Requests.MODEL),
                    Requests.post("/api/me", "{}"))) {
                Response response = ask(client, request);
                assertThat(response.status()).isEqualTo(403);
                if (response.saysClose()) {
                    client = fixture.client();
                }
            }
            assertThat(fixture.ollama().connections()).isEmpty();
        }
    }

    @EachTransport
    void policyThatThrows_refuses(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport)
                .policies(role -> {
                    throw new IllegalStateException("secret reason");
                })
                .start()) {
            Response response = ask(fixture.client(), Requests.get("/api/tags"));
            assertThat(response.status()).isEqualTo(500);
            assertThat(response.text()).doesNotContain("secret");
            assertThat(fixture.ollama().connections()).isEmpty();
        }
    }

    @EachTransport
    void changedBodyOfARead_isSentAgainUnchanged(Transport transport) throws IOException {
        String body = "{\"model\":\"\\u006d1\"}";
        try (CoreFixture fixture =
                CoreSetup.on(transport).policies(Roles.safe("m1")).start()) {
            RawClient client = fixture.client();
            assertThat(ask(client, Requests.get("/api/version")).status()).isEqualTo(200);
            // The pooled connection breaks under the request: it goes out a second time.
            fixture.ollama().onRequest(1, (connection, request) -> {
                connection.readBody();
                connection.rst();
            });
            fixture.ollama().onRequest(2, Answer.json(200, "{\"system\":\"s\"}"));
            Response response = ask(client, Requests.post("/api/show", body));
            assertThat(response.text()).isEqualTo("{\"system\":\"\"}");
            assertThat(fixture.ollama().requests()).hasSize(3);
            assertThat(fixture.ollama().request(1).body().text())
                    .isEqualTo("{\"model\":\"m1\"}")
                    .isEqualTo(fixture.ollama().request(2).body().text());
        }
    }

    /** Closed to the role, new and gone again, or a stub that Ollama may not tell about: nobody can tell which. */
    @EachTransport
    void modelThatIsAskedForAsLocal_isMissedInTheCallersWords(Transport transport) throws IOException {
        try (CoreFixture fixture =
                CoreSetup.on(transport).policies(Roles.local("m*")).start()) {
            fixture.ollama().onRequest(Answer.json(404, "{\"error\":\"model 'm9:local' not found\"}"));
            String body = "{\"model\":\"%s\",\"prompt\":\"x\"}";
            RawClient client = fixture.client();
            Response missing = ask(client, Requests.post("/api/generate", body.formatted("m9")));
            Response closed = ask(client, Requests.post("/api/generate", body.formatted("x9")));
            fixture.ollama().onRequest(Answer.json(403, "{\"error\":\"ollama cloud is disabled: m9\"}"));
            Response stub = ask(client, Requests.post("/api/show", "{\"model\":\"m9\"}"));

            assertThat(fixture.ollama().requests()).hasSize(2);
            assertThat(fixture.ollama().request(0).body().text()).contains("\"m9:local\"");
            assertThat(missing.status()).isEqualTo(404);
            assertThat(missing.text()).isEqualTo("{\"error\":\"model 'm9' not found\"}");
            assertThat(closed.text()).isEqualTo(missing.text().replace("m9", "x9"));
            assertThat(closed.header("X-Corral-Code"))
                    .isEqualTo(missing.header("X-Corral-Code"))
                    .isNull();
            assertThat(stub.status()).isEqualTo(404);
            assertThat(stub.text()).isEqualTo("{\"error\":\"model 'm9:latest' not found\"}");
        }
    }
}
