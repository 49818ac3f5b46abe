package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.testkit.Answer;
import dev.corral.core.testkit.Bytes;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.EachTransport;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.Response;
import dev.corral.core.testkit.SeenRequest;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;

/** What passes in the heads of requests and responses, and what must not. */
@ExtendWith(NothingLeft.class)
final class HeadersIT {
    private static final String SECRET = "s3cret-of-a-caller";

    private static SeenRequest forwarded(CoreFixture fixture, String request) throws IOException {
        int before = fixture.ollama().requests().size();
        RawClient client = fixture.client();
        client.send(request);
        assertThat(client.read().status()).isEqualTo(200);
        return fixture.ollama().request(before);
    }

    @EachTransport
    void connectionListedHeader_removed(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            SeenRequest request = forwarded(
                    fixture,
                    Requests.post(
                            "/api/generate",
                            Requests.MODEL,
                            "Connection: keep-alive, User-Agent",
                            "Connection: X-Custom",
                            "User-Agent: listed",
                            "X-Custom: listed",
                            "Keep-Alive: timeout=5",
                            "Proxy-Connection: keep-alive",
                            "TE: trailers",
                            "Upgrade: h2c",
                            "HTTP2-Settings: AAAA",
                            "Accept: kept"));
            assertThat(request.head().raw().text()).doesNotContain("listed");
            for (String name : List.of("Keep-Alive", "Proxy-Connection", "TE", "Upgrade", "HTTP2-Settings")) {
                assertThat(request.header(name)).as(name).isNull();
            }
            assertThat(request.header("Accept")).isEqualTo("kept");
        }
    }

    @EachTransport
    void connectionListsOurOwnFields_theyStay(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            SeenRequest request = forwarded(
                    fixture,
                    Requests.post(
                            "/api/generate",
                            Requests.MODEL,
                            "Connection: host, content-length, transfer-encoding, x-request-id, accept-encoding"));
            assertThat(request.all("Host"))
                    .containsExactly("127.0.0.1:" + fixture.ollama().port());
            assertThat(request.all("Content-Length")).containsExactly("13");
            assertThat(request.body().text()).isEqualTo(Requests.MODEL);
        }
    }

    @EachTransport
    void credentialNeverReachesUpstream(Transport transport) throws IOException {
        String[] credentials = {
            "Authorization: Bearer " + SECRET,
            "authorization: Basic " + SECRET,
            "X-API-Key: " + SECRET,
            "api-key: " + SECRET,
            "Proxy-Authorization: Bearer " + SECRET,
            "Cookie: session=" + SECRET,
            "Cookie2: " + SECRET,
            "X-Goog-Api-Key: " + SECRET,
            "X-Auth-Token: " + SECRET,
            "X-Forwarded-Authorization: " + SECRET
        };
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            for (String target : List.of("/api/generate", "/v1/chat/completions", Requests.BLOB)) {
                SeenRequest request = forwarded(fixture, Requests.post(target, Requests.MODEL, credentials));
                assertThat(request.head().raw().text()).doesNotContain(SECRET);
            }
            SeenRequest query = forwarded(fixture, Requests.get("/api/tags?key=" + SECRET, credentials));
            assertThat(query.head().raw().text()).doesNotContain(SECRET);
            assertThat(query.target()).isEqualTo("/api/tags");
        }
    }

    @EachTransport
    void forwardedFieldsAndOriginOfStrangers_stayHere(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            SeenRequest request = forwarded(
                    fixture,
                    Requests.post(
                            "/api/generate",
                            Requests.MODEL,
                            "Origin: http://localhost:3000",
                            "Access-Control-Request-Method: POST",
                            "X-Forwarded-For: 6.6.6.6",
                            "X-Forwarded-Host: 6.6.6.6",
                            "X-Forwarded-Proto: 6.6.6.6",
                            "X-Forwarded-Prefix: /6.6.6.6",
                            "X-Real-IP: 6.6.6.6",
                            "Forwarded: for=6.6.6.6"));
            assertThat(request.head().raw().text())
                    .doesNotContain("6.6.6.6")
                    .doesNotContain("localhost:3000")
                    .doesNotContainIgnoringCase("access-control");
            assertThat(request.all("Host"))
                    .containsExactly("127.0.0.1:" + fixture.ollama().port());
            assertThat(request.version()).isEqualTo("HTTP/1.1");
        }
    }

    @EachTransport
    void compressionIsNotAskedFor(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            SeenRequest request = forwarded(fixture, Requests.get("/api/tags", "Accept-Encoding: gzip, br"));
            assertThat(request.head().raw().text()).doesNotContain("gzip").doesNotContain("br,");
        }
    }

    @EachTransport
    void targetIsSentCanonical_orNotAtAll(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            assertThat(forwarded(fixture, Requests.get("/api/tags?x=%zz&y")).target())
                    .isEqualTo("/api/tags");
            for (String target : List.of(
                    "//api/tags",
                    "/api//tags",
                    "/api/./tags",
                    "/api/x/../tags",
                    "/api/%74ags",
                    "/api%2ftags",
                    "/api/tags%00",
                    "/api/tags;x=1",
                    "/api\\tags",
                    "/api/tags#x",
                    "http://evil.test/api/tags",
                    "api/tags")) {
                RawClient client = fixture.client();
                client.send(Requests.get(target));
                assertThat(client.read().status()).as(target).isEqualTo(400);
            }
            assertThat(fixture.ollama().requests()).hasSize(1);
        }
    }

    @EachTransport
    void responseFieldsOfTheHop_stayHere(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            fixture.ollama()
                    .onRequest(Answer.raw(String.join(
                            "\r\n",
                            "HTTP/1.1 200 OK",
                            "Content-Type: application/json",
                            "Connection: keep-alive, ETag",
                            "ETag: \"listed\"",
                            "Keep-Alive: timeout=5",
                            "Set-Cookie: a=b",
                            "Upgrade: h2c",
                            "Proxy-Authenticate: Basic",
                            "Trailer: X",
                            "Access-Control-Allow-Origin: *",
                            "X-Request-Id: theirs",
                            "Transfer-Encoding: chunked",
                            "",
                            "2",
                            "{}",
                            "0",
                            "X: trailer",
                            "",
                            "")));
            RawClient client = fixture.client();
            client.send(Requests.get("/api/tags"));
            Response response = client.read();
            assertThat(response.text()).isEqualTo("{}");
            assertThat(response.body().trailers()).isEmpty();
            for (String name : List.of(
                    "ETag",
                    "Keep-Alive",
                    "Set-Cookie",
                    "Upgrade",
                    "Proxy-Authenticate",
                    "Trailer",
                    "Access-Control-Allow-Origin")) {
                assertThat(response.header(name)).as(name).isNull();
            }
            assertThat(response.header("Content-Type")).isEqualTo("application/json");
            assertThat(response.all("X-Request-Id")).hasSize(1).doesNotContain("theirs");
        }
    }

    @EachTransport
    void everyResponse_hasARequestIdOfItsOwn(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            RawClient client = fixture.client();
            client.send(Requests.get("/api/tags", "X-Request-Id: mine"));
            String first = client.read().header("X-Request-Id");
            client.send(Requests.get("/nowhere"));
            String second = client.read().header("X-Request-Id");
            assertThat(first).isNotNull().isNotEqualTo(second).isNotEqualTo("mine");
            assertThat(fixture.observed().await(2))
                    .extracting(summary -> summary.requestId())
                    .containsExactly(first, second);
        }
    }

    @EachTransport
    void headCutAnywhere_isForwardedTheSame(Transport transport) throws IOException {
        Bytes request = Bytes.of(Requests.post("/api/generate", Requests.MODEL, "Accept: a/b"));
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            RawClient client = fixture.client();
            client.send(request);
            assertThat(client.read().status()).isEqualTo(200);
            for (int cut = 1; cut < request.size(); cut += 3) {
                client.sendCut(request, cut);
                assertThat(client.read().status()).isEqualTo(200);
            }
            client.sendByteByByte(request);
            assertThat(client.read().status()).isEqualTo(200);
            Bytes first = withoutId(fixture.ollama().request(0));
            assertThat(fixture.ollama().requests()).allSatisfy(seen -> {
                assertThat(withoutId(seen)).isEqualTo(first);
                assertThat(seen.body().text()).isEqualTo(Requests.MODEL);
            });
        }
    }

    private static Bytes withoutId(SeenRequest request) {
        return Bytes.of(request.head().raw().text().replaceAll("(?i)x-request-id: [^\r]*", ""));
    }
}
