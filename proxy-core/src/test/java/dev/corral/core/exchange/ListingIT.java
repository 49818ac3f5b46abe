package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.testkit.Answer;
import dev.corral.core.testkit.Await;
import dev.corral.core.testkit.Closing;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.Deadline;
import dev.corral.core.testkit.EachTransport;
import dev.corral.core.testkit.Framing;
import dev.corral.core.testkit.Gate;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.Response;
import dev.corral.core.testkit.Roles;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.extension.ExtendWith;

/** Answers that a role may not see all of: held until they are whole, bounded, and a clean error where they are not. */
@ExtendWith(NothingLeft.class)
final class ListingIT {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final String TAGS = "{\"models\":[{\"name\":\"open1:latest\",\"model\":\"open1:latest\",\"size\":1},"
            + "{\"name\":\"shut1:latest\",\"model\":\"shut1:latest\",\"size\":2},"
            + "{\"name\":\"open2:latest\",\"model\":\"open2:latest\",\"size\":3}]}";
    private static final String FILTERED =
            "{\"models\":[{\"name\":\"open1:latest\",\"model\":\"open1:latest\",\"size\":1},"
                    + "{\"name\":\"open2:latest\",\"model\":\"open2:latest\",\"size\":3}]}";
    private static final String MODELS =
            "{\"object\":\"list\",\"data\":[{\"id\":\"shut1:latest\",\"object\":\"model\"}]}";
    private static final String SHOW = "{\"license\":\"l\",\"modelfile\":\"FROM /secret\",\"template\":\"secret\","
            + "\"system\":\"secret\",\"messages\":[{\"role\":\"user\",\"content\":\"secret\"}],\"details\":{}}";

    private static CoreSetup restricted(Transport transport) {
        return CoreSetup.on(transport).policies(Roles.safe("open*"));
    }

    private static Response ask(RawClient client, String request) throws IOException {
        client.send(request);
        return client.read();
    }

    private static String code(CoreFixture fixture) {
        return Objects.requireNonNull(fixture.observed().awaitFirst().error())
                .code()
                .label();
    }

    private static Answer inPieces(String body) {
        return (connection, request) -> {
            connection.readBody();
            connection.sendHead(200, "Content-Type: application/json", "Transfer-Encoding: chunked");
            for (int i = 0; i < body.length(); i += 7) {
                connection.sendChunk(body.substring(i, Math.min(body.length(), i + 7)));
                connection.pause(Duration.ofNanos(100_000));
            }
            connection.sendLastChunk();
        };
    }

    @EachTransport
    void listing_showsWhatTheRoleMayUse_howeverItArrives(Transport transport) throws IOException {
        try (CoreFixture fixture = restricted(transport).start()) {
            RawClient client = fixture.client();
            for (Answer answer : List.of(Answer.json(200, TAGS), inPieces(TAGS))) {
                fixture.ollama().onRequest(answer);
                Response response = ask(client, Requests.get("/api/tags"));
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.framing()).isEqualTo(Framing.LENGTH);
                assertThat(response.header("Content-Length")).isEqualTo("" + FILTERED.length());
                assertThat(response.header("Content-Type")).isEqualTo("application/json");
                assertThat(response.text()).isEqualTo(FILTERED);
            }
            fixture.ollama().onRequest(Answer.json(200, MODELS));
            assertThat(ask(client, Requests.get("/v1/models")).text()).isEqualTo("{\"object\":\"list\",\"data\":[]}");
            fixture.ollama().onRequest(Answer.json(200, SHOW));
            assertThat(ask(client, Requests.post("/api/show", "{\"model\":\"open1\"}"))
                            .text())
                    .isEqualTo(
                            "{\"license\":\"l\",\"modelfile\":\"\",\"template\":\"\",\"system\":\"\",\"messages\":[],"
                                    + "\"details\":{}}");
            assertThat(fixture.observed().await(4).get(0).responseBytes()).isEqualTo(FILTERED.length());
            assertThat(fixture.ollama().connections())
                    .as("a clean answer keeps its connection")
                    .hasSize(1);
            fixture.assertNothingLeft(1);
        }
    }

    @EachTransport
    void roleThatMaySeeAll_getsTheBytesAsTheyCome(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            RawClient client = fixture.client();
            fixture.ollama().onRequest(inPieces("no JSON at all"));
            assertThat(ask(client, Requests.get("/api/tags")).text()).isEqualTo("no JSON at all");
            assertThat(ask(client, Requests.post("/api/show", Requests.MODEL)).text())
                    .isEqualTo("no JSON at all");
        }
    }

    @EachTransport
    void head_tellsNoLength(Transport transport) throws IOException {
        try (CoreFixture fixture = restricted(transport).start()) {
            fixture.ollama().onRequest((connection, request) -> connection.sendHead(200, "Content-Length: 999"));
            RawClient client = fixture.client();
            client.send(Requests.head("HEAD", "/api/tags"));
            Response response = client.read("HEAD");
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.header("Content-Length")).isNull();
            assertThat(response.header("Transfer-Encoding")).isNull();
            client.send(Requests.head("HEAD", "/api/version"));
            assertThat(client.read("HEAD").header("Content-Length")).isEqualTo("999");
        }
    }

    @EachTransport
    void errors_passAsTheyAre(Transport transport) throws IOException {
        try (CoreFixture fixture = restricted(transport).start()) {
            fixture.ollama().onRequest(Answer.json(500, "{\"error\":\"oops\"}"));
            Response response = ask(fixture.client(), Requests.get("/api/tags"));
            assertThat(response.status()).isEqualTo(500);
            assertThat(response.text()).isEqualTo("{\"error\":\"oops\"}");
        }
    }

    @EachTransport
    void unreadableCodedOrStrange_502(Transport transport) throws IOException {
        for (Answer answer : List.of(
                Answer.json(200, "no JSON"),
                Answer.json(200, "{}"),
                Answer.json(200, TAGS.substring(0, 50)),
                Answer.json(200, TAGS + "x"),
                Answer.json(203, "{}"),
                Answer.raw("HTTP/1.1 204 No Content\r\n\r\n"),
                Answer.raw("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + TAGS.length() + "\r\n\r\n"
                        + TAGS))) {
            try (CoreFixture fixture = restricted(transport).start()) {
                fixture.ollama().onRequest(answer);
                RawClient client = fixture.client();
                Response response = ask(client, Requests.get("/api/tags"));
                assertThat(response.status()).isEqualTo(502);
                assertThat(response.text()).doesNotContain("shut1");
                assertThat(code(fixture)).isEqualTo("upstream_bad_response");
                assertThat(ask(client, Requests.get("/")).status()).isEqualTo(200);
                fixture.assertNothingLeft(1);
            }
        }
    }

    @EachTransport
    void upstreamBreaksOffMidListing_502AndNoPartOfIt(Transport transport) throws IOException {
        for (boolean reset : new boolean[] {true, false}) {
            try (CoreFixture fixture = restricted(transport).start()) {
                RawClient client = fixture.client();
                assertThat(ask(client, Requests.get("/api/version")).status()).isEqualTo(200);
                fixture.ollama().onRequest((connection, request) -> {
                    connection.sendHead(200, "Content-Length: " + TAGS.length());
                    connection.send(TAGS.substring(0, 100)).pause(Duration.ofMillis(20));
                    if (reset) {
                        connection.rst();
                    } else {
                        connection.close();
                    }
                });
                Response response = ask(client, Requests.get("/api/tags"));
                assertThat(response.status()).isEqualTo(502);
                assertThat(response.text()).doesNotContain("open1");
                assertThat(fixture.ollama().requests())
                        .as("once it has begun it is not asked again")
                        .hasSize(2);
                fixture.assertNothingLeft(1);
            }
        }
    }

    @EachTransport
    void endlessListing_502AtTheBound(Transport transport) throws IOException {
        String piece = " ".repeat(1 << 20);
        try (CoreFixture fixture = restricted(transport).start()) {
            fixture.ollama().onRequest((connection, request) -> {
                connection.sendHead(200, "Transfer-Encoding: chunked");
                for (int i = 0; i < 40; i++) {
                    connection.sendChunk(piece);
                }
                connection.sendLastChunk();
            });
            assertThat(ask(fixture.client(), Requests.get("/api/tags")).status())
                    .isEqualTo(502);
            assertThat(code(fixture)).isEqualTo("upstream_bad_response");
            fixture.assertNothingLeft(1);
        }
    }

    @EachTransport
    void clientLeavesWhileItIsCollected_upstreamIsLetGo(Transport transport) throws IOException {
        try (CoreFixture fixture = restricted(transport).start()) {
            for (boolean reset : new boolean[] {true, false}) {
                fixture.ollama().forget();
                fixture.ollama().onRequest((connection, request) -> {
                    connection.sendHead(200, "Content-Length: " + TAGS.length());
                    connection.send(TAGS.substring(0, 100));
                    connection.awaitEnd();
                });
                RawClient client = fixture.client();
                client.send(Requests.get("/api/tags"));
                Await.until("a part is held", () -> fixture.stats().bufferedBodyBytes() == 100);
                if (reset) {
                    client.rst();
                } else {
                    client.close();
                }
                Closing end = fixture.ollama()
                        .awaitClosed(fixture.ollama().awaitConnections(1).get(0), SOON);
                assertThat(end).isNotNull();
                fixture.assertNothingLeft(0);
            }
        }
    }

    @EachTransport
    void listingThatStandsStill_504(Transport transport) throws IOException {
        try (CoreFixture fixture = restricted(transport)
                .deadline(Deadline.STREAM_IDLE, Duration.ofMillis(200))
                .start()) {
            fixture.ollama().onRequest((connection, request) -> {
                connection.sendHead(200, "Content-Length: " + TAGS.length());
                connection.send("{");
                connection.awaitEnd();
            });
            Response response = ask(fixture.client(), Requests.get("/api/tags"));
            assertThat(response.status()).isEqualTo(504);
            assertThat(response.text()).contains("in the middle of its answer");
            fixture.assertNothingLeft(1);
        }
    }

    @EachTransport
    void listingsCountAgainstTheBudget(Transport transport) throws IOException {
        Gate go = new Gate();
        try (CoreFixture fixture = restricted(transport).bodies(200, 200).start()) {
            fixture.ollama().onRequest(0, (connection, request) -> {
                connection.sendHead(200, "Content-Length: " + TAGS.length());
                connection.send(TAGS.substring(0, 150));
                go.await();
                connection.awaitEnd();
            });
            fixture.ollama().onRequest(1, Answer.json(200, TAGS));
            RawClient first = fixture.client();
            first.send(Requests.get("/api/tags"));
            Await.until("a part is held", () -> fixture.stats().bufferedBodyBytes() == 150);
            assertThat(ask(fixture.client(), Requests.get("/api/tags")).status())
                    .isEqualTo(503);
            first.close();
            go.open();
            fixture.assertNothingLeft(1);
        }
    }

    @EachTransport
    void slowReader_holdsItsListingInTheBudgetUntilItHasGoneOut(Transport transport) throws IOException {
        StringBuilder large = new StringBuilder("{\"models\":[");
        for (int i = 0; i < 60_000; i++) {
            large.append("{\"name\":\"open")
                    .append(i)
                    .append("\",\"size\":")
                    .append(i)
                    .append("},");
        }
        large.append("{\"name\":\"shut\"}]}");
        String listing = large.toString().replaceAll("\"name\":(\"[^\"]*\")", "\"name\":$1,\"model\":$1");
        try (CoreFixture fixture = restricted(transport).start()) {
            fixture.ollama().onRequest(Answer.json(200, listing));
            RawClient slow = fixture.client(4 << 10);
            slow.send(Requests.get("/api/tags"));
            fixture.observed().awaitFirst();
            assertThat(fixture.stats().bufferedBodyBytes()).isEqualTo(listing.length());
            Response response = slow.read();
            assertThat(response.complete()).isTrue();
            assertThat(response.text()).doesNotContain("shut").hasSizeLessThan(listing.length());
            fixture.assertNothingLeft(1);
            slow.send(Requests.get("/api/tags"));
            fixture.observed().await(2);
            slow.rst();
            fixture.assertNothingLeft(0);
        }
    }

    @EachTransport
    void catalogue_isReadAtTheStartAndAfterManagement(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport)
                .policies(Roles.local("*"))
                .catalogueEvery(Duration.ofHours(1))
                .start()) {
            fixture.ollama().onRequest(Answer.json(200, "{\"status\":\"success\"}"));
            long before = listings(fixture);
            assertThat(ask(fixture.client(), Requests.post("/api/pull", "{\"model\":\"m\"}"))
                            .status())
                    .isEqualTo(200);
            Await.until("the models are listed again", () -> listings(fixture) > before);
        }
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            assertThat(ask(fixture.client(), Requests.post("/api/pull", "{\"model\":\"m\"}"))
                            .status())
                    .isEqualTo(200);
            assertThat(listings(fixture)).isZero();
        }
    }

    private static long listings(CoreFixture fixture) {
        return fixture.ollama().probes().stream()
                .filter(request -> request.target().equals("/api/tags"))
                .count();
    }

    @EachTransport
    void listingThatPasses_isLearnedWhole(Transport transport) throws IOException {
        String tags = "{\"models\":[{\"name\":\"here:latest\",\"model\":\"here:latest\"},"
                + "{\"name\":\"stub:latest\",\"model\":\"stub:latest\",\"remote_host\":\"https://ollama.com:443\","
                + "\"remote_model\":\"big\"}]}";
        try (CoreFixture fixture = CoreSetup.on(transport)
                .policies(Roles.local("*"))
                .catalogueEvery(Duration.ofHours(1))
                .start()) {
            fixture.ollama().onRequest(Answer.json(200, tags));
            RawClient client = fixture.client();
            Response listing = ask(client, Requests.get("/api/tags"));
            assertThat(listing.text()).contains("here").doesNotContain("stub");
            fixture.ollama().forget();
            fixture.ollama().onRequest(Answer.OK);
            // Known to run here: its name stays as it was sent. Known to run elsewhere: not even asked for.
            assertThat(ask(client, Requests.post("/api/generate", "{\"model\":\"here\"}"))
                            .status())
                    .isEqualTo(200);
            assertThat(ask(client, Requests.post("/api/generate", "{\"model\":\"stub\"}"))
                            .status())
                    .isEqualTo(404);
            assertThat(fixture.ollama().requests()).hasSize(1);
            assertThat(fixture.ollama().request(0).body().text()).contains("\"model\":\"here\"");
        }
    }
}
