package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.RemoteSettings;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.NanoClock;
import dev.corral.core.spi.Outcome;
import dev.corral.core.spi.UpstreamCredential;
import dev.corral.core.spi.UpstreamCredential.Presented;
import dev.corral.core.testkit.Answer;
import dev.corral.core.testkit.Await;
import dev.corral.core.testkit.Closing;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.Deadline;
import dev.corral.core.testkit.EachTransport;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.Response;
import dev.corral.core.testkit.SeenRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** With another Corral for its upstream: that one decides, and what it says reaches the client as it is. */
@ExtendWith(NothingLeft.class)
final class RemoteIT {
    private static final UpstreamCredential KEY = (method, path) -> new Presented("Bearer the-key", "").now();

    private static CoreFixture start(Transport transport, RemoteSettings remote) throws IOException {
        return CoreSetup.on(transport).remote(remote).start();
    }

    private static RemoteSettings plain(UpstreamCredential credential) {
        return new RemoteSettings("gpu.lab:8443", "", false, List.of(), credential);
    }

    @EachTransport
    void request_carriesCredentialAndNothingOfTheClients(Transport transport) throws IOException {
        try (CoreFixture fixture = start(transport, plain(KEY))) {
            fixture.client()
                    .send(Requests.get(
                            "/api/tags",
                            "Authorization: Bearer ollama",
                            "X-API-Key: ollama",
                            "Cookie: a=b",
                            "Origin: http://localhost:3000",
                            "User-Agent: ollama/1"))
                    .read();
            SeenRequest seen = fixture.ollama().request(0);
            assertThat(seen.target()).isEqualTo("/api/tags");
            assertThat(seen.all("Authorization")).containsExactly("Bearer the-key");
            assertThat(seen.all("Host")).containsExactly("gpu.lab:8443");
            assertThat(seen.header("User-Agent")).isEqualTo("ollama/1");
            assertThat(seen.header("X-API-Key")).isNull();
            assertThat(seen.header("Cookie")).isNull();
            assertThat(seen.header("Origin")).isNull();
            assertThat(seen.header("X-Forwarded-For")).isNull();
        }
    }

    @Test
    void signature_isMadeOfThePathWithoutThePrefix() throws IOException {
        UpstreamCredential signature = (method, path) -> new Presented("signed " + method + "," + path, "ts=7").now();
        RemoteSettings remote = new RemoteSettings("gpu.lab", "/t/crl_x", false, List.of(), signature);
        try (CoreFixture fixture = start(Transport.NIO, remote)) {
            fixture.client().send(Requests.get("/api/tags?x=1")).read();
            SeenRequest seen = fixture.ollama().request(0);
            assertThat(seen.target()).isEqualTo("/t/crl_x/api/tags?ts=7");
            assertThat(seen.header("Authorization")).isEqualTo("signed GET,/api/tags");
        }
    }

    @Test
    void everyAttempt_isSignedAnew() throws IOException {
        AtomicInteger count = new AtomicInteger();
        UpstreamCredential counting = (method, path) -> new Presented("n" + count.incrementAndGet(), "").now();
        try (CoreFixture fixture = start(Transport.NIO, plain(counting))) {
            RawClient client = fixture.client();
            client.send(Requests.get("/api/tags")).read();
            fixture.ollama().onRequest(1, (connection, request) -> connection.close());
            client.send(Requests.get("/api/tags"));
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(fixture.ollama().requests())
                    .extracting(one -> one.header("Authorization"))
                    .containsExactly("n1", "n2", "n3");
        }
    }

    @Test
    void credentialThatFails_isRefusedAndNothingIsSent() throws IOException {
        UpstreamCredential broken = (method, path) -> {
            throw new IllegalStateException("no key");
        };
        try (CoreFixture fixture = start(Transport.NIO, plain(broken))) {
            Response response = fixture.client().send(Requests.get("/api/tags")).read();
            assertThat(response.status()).isEqualTo(500);
            assertThat(fixture.ollama().requests()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "401 | WWW-Authenticate: Bearer realm=\"corral\"",
                "401 | X-Corral-Code: unauthenticated",
                "403 | X-Corral-Code: forbidden_endpoint",
                "429 | Retry-After: 7",
                "429 | RateLimit: \"requests\";r=0;t=7",
                "429 | RateLimit-Policy: \"requests\";q=5;w=60",
                "429 | x-ratelimit-remaining-requests: 0",
                "429 | x-should-retry: false",
                "503 | X-Request-Id: its-own-id",
                "200 | X-Corral-Queue-Wait: 12",
                "404 | X-Corral-Changes: keep_alive",
            })
    void whatTheOtherSays_reachesTheClient(int status, String field) throws IOException {
        String body = "{\"error\":\"unauthorized\",\"signin_url\":\"http://gpu.lab/-/help\"}";
        try (CoreFixture fixture = start(Transport.NIO, plain(KEY))) {
            fixture.ollama()
                    .onRequest(Answer.raw("HTTP/1.1 " + status + " Word\r\n" + field + "\r\nContent-Length: "
                            + body.length() + "\r\n\r\n" + body));
            Response response = fixture.client().send(Requests.get("/api/tags")).read();
            assertThat(response.status()).isEqualTo(status);
            assertThat(response.text()).isEqualTo(body);
            int colon = field.indexOf(':');
            assertThat(response.all(field.substring(0, colon))).containsExactly(field.substring(colon + 2));
            assertThat(response.all("X-Request-Id")).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Set-Cookie: a=b",
                "Server: nginx",
                "Location: https://elsewhere/",
                "Access-Control-Allow-Origin: *",
                "Alt-Svc: h3=\":443\""
            })
    void whatNoClientNeeds_staysHere(String field) throws IOException {
        try (CoreFixture fixture = start(Transport.NIO, plain(KEY))) {
            fixture.ollama().onRequest(Answer.raw("HTTP/1.1 200 OK\r\n" + field + "\r\nContent-Length: 0\r\n\r\n"));
            Response response = fixture.client().send(Requests.get("/api/tags")).read();
            assertThat(response.all(field.substring(0, field.indexOf(':')))).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 308 There\r\nLocation: https://gpu.lab/\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\n\r\n",
                // Over TLS nobody could tell its end from a cut.
                "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}",
            })
    void whatNoCorralSends_isNotPassedOn(String answer) throws IOException {
        try (CoreFixture fixture = start(Transport.NIO, plain(KEY))) {
            fixture.ollama().onRequest(Answer.raw(answer));
            assertThat(fixture.client().send(Requests.get("/api/tags")).read().status())
                    .isEqualTo(502);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"model\":\"m\",\"MODEL\":\"n\"}",
                "{\"model\":\"m\",\"stream\":true}",
                "{\"model\":\"m\"} x",
                "not json"
            })
    void body_isTheOthersToJudge(String body) throws IOException {
        try (CoreFixture fixture = start(Transport.NIO, plain(KEY))) {
            fixture.client().send(Requests.post("/v1/chat/completions", body)).read();
            assertThat(fixture.ollama().request(0).body().text()).isEqualTo(body);
        }
    }

    @Test
    void answer_isNeitherCutNorHeldBack() throws IOException {
        String event = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}\n\n";
        try (CoreFixture fixture = start(Transport.NIO, plain(KEY))) {
            fixture.ollama().onRequest((connection, request) -> {
                connection.readBody();
                connection.sendHead(200, "Content-Type: text/event-stream", "Transfer-Encoding: chunked");
                connection.sendChunk(event).sendLastChunk();
            });
            String body = "{\"model\":\"m\",\"stream\":true}";
            assertThat(fixture.client()
                            .send(Requests.post("/v1/chat/completions", body))
                            .read()
                            .text())
                    .isEqualTo(event);
        }
    }

    @Test
    void otherThatIsAway_isNamedInTheRefusal() throws IOException {
        try (CoreFixture fixture = CoreSetup.on(Transport.NIO)
                .remote(plain(KEY))
                .upstreamDown()
                .deadline(Deadline.CONNECT, Duration.ofSeconds(5))
                .start()) {
            Response response = fixture.client().send(Requests.get("/api/tags")).read();
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.text()).contains("http://gpu.lab:8443").contains("connection refused");
        }
    }

    @EachTransport
    void noProbe_reachesTheOther(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport)
                .remote(plain(KEY))
                .probeEvery(Duration.ofMillis(5))
                .start()) {
            fixture.client().send(Requests.get("/api/tags")).read();
            fixture.client().send(Requests.get("/api/tags")).read();
            assertThat(fixture.ollama().connections()).hasSize(1);
            assertThat(fixture.ollama().probes()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {3_600_000, -3_600_000})
    void machineThatSleptOrWhoseClockWasSetBack_doesNotUseItsOldConnections(long millis) throws IOException {
        AtomicLong slept = new AtomicLong();
        NanoClock clock = new NanoClock() {
            @Override
            public long nanos() {
                // Stands still while a laptop sleeps.
                return NanoClock.SYSTEM.nanos();
            }

            @Override
            public long epochMillis() {
                return NanoClock.SYSTEM.epochMillis() + slept.get();
            }
        };
        try (CoreFixture fixture = CoreSetup.on(Transport.NIO)
                .remote(plain(KEY))
                .clock(clock)
                .pool(4, Duration.ofSeconds(25))
                .start()) {
            RawClient client = fixture.client();
            client.send(Requests.get("/api/tags")).read();
            client.send(Requests.get("/api/tags")).read();
            assertThat(fixture.ollama().connections()).hasSize(1);
            Await.until("the connection is given back", () -> fixture.stats().upstreamIdle() == 1);
            slept.set(millis);
            client.send(Requests.post("/api/generate", Requests.MODEL)).read();
            assertThat(fixture.ollama().connections()).hasSize(2);
        }
    }

    @Test
    void clientThatLeaves_cancelsAtTheOther() throws IOException {
        try (CoreFixture fixture = start(Transport.NIO, plain(KEY))) {
            fixture.ollama().onRequest(Answer.NEVER);
            RawClient client = fixture.client();
            client.send(Requests.post("/api/generate", Requests.MODEL));
            SeenRequest request = fixture.ollama().awaitRequests(1).get(0);
            client.close();
            Closing closing = fixture.ollama().awaitClosed(request.connection(), Duration.ofSeconds(5));
            assertThat(closing).isNotNull();
            ExchangeSummary summary = fixture.observed().await(1).get(0);
            assertThat(summary.outcome()).isEqualTo(Outcome.CLIENT_GONE);
        }
    }
}
