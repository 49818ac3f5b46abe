package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;

/** Requests that two servers could read differently: answered once or not at all, then the connection ends. */
@ExtendWith(NothingLeft.class)
final class SmugglingIT {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final String INNER = Requests.get("/api/ps");

    private static String post(String fields, String body) {
        return "POST " + Requests.UNREAD + " HTTP/1.1\r\nHost: corral.test\r\n" + fields + "\r\n" + body;
    }

    /** Heads and bodies none of which may reach the upstream, followed by a request that must not either. */
    private static List<String> refused() {
        List<String> cases = new ArrayList<>();
        String chunks = "2\r\n{}\r\n0\r\n\r\n";
        for (String coding : List.of(
                "gzip",
                "identity",
                "xchunked",
                "gzip, chunked",
                "chunked, gzip",
                "chunked, chunked",
                "chunked;a=b",
                "\"chunked\"",
                "chunked,",
                ",chunked",
                "\u000bchunked",
                "chunked\u0001",
                "")) {
            cases.add(post("Transfer-Encoding: " + coding + "\r\n", chunks));
            cases.add(post("Transfer-Encoding: " + coding + "\r\nContent-Length: 2\r\n", "{}"));
        }
        cases.add(post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", chunks));
        cases.add(post("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n", chunks));
        cases.add(post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", chunks));
        cases.add(post("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", chunks));
        cases.add(post("Transfer-Encoding: chunked\r\nContent-Length: 2\r\n", chunks));
        cases.add(post("Transfer-Encoding : chunked\r\n", chunks));
        cases.add(post("Transfer-Encoding: chunked\r\nX: a\r\n b\r\n", chunks));
        cases.add(post("Transfer-Encoding:\r\n chunked\r\n", chunks));
        cases.add(post("Content-Length: 2\r\nContent-Length: 2\r\n", "{}"));
        cases.add(post("Content-Length: 2\r\nContent-Length: 3\r\n", "{}"));
        for (String length :
                List.of("2, 2", "+2", "-2", "0x2", "2 2", "", "two", "2.0", "99999999999999999999", "2;", "\u00b2")) {
            cases.add(post("Content-Length: " + length + "\r\n", "{}"));
        }
        cases.add(post("Content-Length : 2\r\n", "{}"));
        cases.add("GET /api/tags HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks);
        for (String line : List.of(
                "GET /api/tags HTTP/1.2",
                "GET /api/tags HTTP/2.0",
                "GET /api/tags HTTP/0.9",
                "GET /api/tags http/1.1",
                "GET /api/tags HTTP/1.1x",
                "GET /api/tags HTTP/1.10",
                "GET /api/tags",
                "get /api/tags HTTP/1.1",
                "G(T /api/tags HTTP/1.1",
                "GET  /api/tags HTTP/1.1",
                "GET /api/tags  HTTP/1.1",
                "GET\t/api/tags HTTP/1.1",
                " GET /api/tags HTTP/1.1",
                "GET /api/ta gs HTTP/1.1",
                "GET /api/tags\u0001 HTTP/1.1",
                "GET /api/t\u00e4gs HTTP/1.1",
                "GET tags HTTP/1.1",
                "PRI * HTTP/2.0",
                "CONNECT corral.test:443 HTTP/1.1")) {
            cases.add(line + "\r\nHost: corral.test\r\n\r\n");
        }
        for (String fields : List.of(
                "",
                "Host: a\r\nHost: a\r\n",
                "Host: a\r\nHost: b\r\n",
                "Host:\r\n",
                "Host: a b\r\n",
                "Host: a/b\r\n",
                "Host: u@a\r\n",
                "Host : a\r\n",
                " Host: a\r\n",
                "Host: a\r\nX\r\n",
                "Host: a\r\n: b\r\n",
                "Host: a\r\nX: a\u0000b\r\n",
                "Host: a\r\nX: a\rb\r\n",
                "Host: a\r\nX: a\nY: b\r\n",
                "Host: a\nX: b\r\n",
                "Host: a\r\nX\u0001: b\r\n",
                "Host: a\r\nX : b\r\n")) {
            cases.add("GET /api/tags HTTP/1.1\r\n" + fields + "\r\n");
        }
        cases.add("GET /api/tags HTTP/1.1\nHost: a\n\n");
        cases.add("GET /api/tags HTTP/1.1\r\nHost: a\r\nX: b\n\r\n");
        return cases;
    }

    private static List<String> badChunks() {
        return List.of(
                "-1\r\n",
                "+2\r\n{}\r\n0\r\n\r\n",
                "0x2\r\n{}\r\n0\r\n\r\n",
                "2\n{}\r\n0\r\n\r\n",
                "2\r\n{}\n0\r\n\r\n",
                "2\r\n{}0\r\n\r\n",
                "2\r\n{}xx0\r\n\r\n",
                "2 2\r\n{}\r\n0\r\n\r\n",
                "\r\n2\r\n{}\r\n0\r\n\r\n",
                "g\r\n{}\r\n0\r\n\r\n",
                "fffffffffffffffff\r\n{}\r\n",
                "2\r\n{}\r\n0\r\nX\r\n\r\n",
                "2;a\nb\r\n{}\r\n0\r\n\r\n");
    }

    private static void assertRefusedAndClosed(CoreFixture fixture, String attack) throws IOException {
        String shown = Bytes.of(attack).toString();
        RawClient client = fixture.client();
        try {
            client.send(Bytes.latin1(attack + INNER + INNER));
            Response response = client.read();
            assertThat(response.status()).as(shown).isBetween(400, 505).isNotIn(401, 403, 404, 499);
            assertThat(response.saysClose()).as(shown).isTrue();
            client.awaitClosed(SOON);
        } catch (AssertionError e) {
            throw new AssertionError(shown, e);
        }
        client.close();
        assertThat(fixture.ollama().requests())
                .as(shown)
                .extracting(SeenRequest::target)
                .isEmpty();
    }

    @EachTransport
    void ambiguousHead_isRefusedAndNothingAfterItRuns(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            for (String attack : refused()) {
                assertRefusedAndClosed(fixture, attack);
            }
            assertThat(fixture.observed().await(refused().size()))
                    .hasSize(refused().size());
        }
    }

    @EachTransport
    void ambiguousChunks_areRefusedAndNothingAfterThemRuns(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            for (String chunks : badChunks()) {
                assertRefusedAndClosed(fixture, post("Transfer-Encoding: chunked\r\n", chunks));
            }
        }
    }

    @EachTransport
    void unusualButClearFraming_passes(Transport transport) throws IOException {
        List<String> clear = List.of(
                post("Transfer-Encoding: Chunked\r\n", "002;ext=\"a b\"\r\n{}\r\n0;x\r\nTrailer: 1\r\n\r\n"),
                post("Content-Length: 002\r\n", "{}"),
                post("content-LENGTH:2\r\n", "{}"),
                "\r\n" + post("Content-Length: 2 \r\n", "{}"));
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            RawClient client = fixture.client();
            for (String request : clear) {
                client.send(request);
                assertThat(client.read().status())
                        .as(Bytes.of(request).toString())
                        .isEqualTo(200);
            }
            assertThat(fixture.ollama().requests())
                    .hasSize(clear.size())
                    .allMatch(request -> request.body().text().equals("{}"))
                    .allMatch(request -> request.all("Content-Length").equals(List.of("2")));
        }
    }

    @EachTransport
    void headsOverTheBounds_areRefused(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            for (String attack : List.of(
                    Requests.get("/api/tags?" + "x".repeat(9 << 10)),
                    Requests.get("/api/tags", "X: " + "y".repeat(17 << 10)),
                    Requests.get("/api/tags", "X: y\r\n".repeat(101).stripTrailing()),
                    "GET /" + "x".repeat(100_000),
                    "x".repeat(100_000))) {
                RawClient client = fixture.client();
                client.send(attack);
                assertThat(client.read().status()).isIn(400, 414, 431);
                client.awaitClosed(SOON);
            }
            assertThat(fixture.ollama().connections()).isEmpty();
        }
    }
}
