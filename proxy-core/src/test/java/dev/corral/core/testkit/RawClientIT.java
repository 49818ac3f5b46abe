package dev.corral.core.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RawClientIT {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final String GET = "GET /api/tags HTTP/1.1\r\nHost: x\r\n\r\n";

    private final FakeOllama ollama = FakeOllama.start();

    @AfterEach
    void stop() throws IOException {
        ollama.close();
        ollama.assertScriptsSucceeded();
    }

    private RawClient client() throws IOException {
        return RawClient.connect(ollama.address());
    }

    @ParameterizedTest
    @CsvSource({
        "'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n', FIN",
        "'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n', RST",
        "'Content-Length: 4\r\n\r\nabc', FIN",
        "'Content-Length: 4\r\n\r\nabc', RST",
        "'\r\nabc', RST"
    })
    void brokenBody_isNotTakenForWhole(String rest, Closing.Kind how) throws IOException {
        Gate gate = new Gate();
        ollama.onRequest((connection, request) -> {
            connection.send("HTTP/1.1 200 OK\r\n" + rest);
            if (how == Closing.Kind.RST) {
                gate.await();
                connection.rst();
            } else {
                connection.close();
            }
        });
        try (RawClient client = client()) {
            client.send(GET);
            Await.until("the request came", () -> !ollama.requests().isEmpty());
            if (how == Closing.Kind.RST) {
                // An RST overtakes what was sent before it, so it waits until that is on this side.
                assertThat(client.silentFor(SOON)).isFalse();
                gate.open();
            }
            Response response = client.read();
            assertThat(response.brokenOff()).isEqualTo(how);
            assertThat(response.body().complete()).isFalse();
        }
    }

    @Test
    void closeDelimitedBody_endsWithFin() throws IOException {
        ollama.onRequest((connection, request) ->
                connection.send("HTTP/1.1 200 OK\r\n\r\nabc").close());
        try (RawClient client = client()) {
            client.send(GET);
            Response response = client.read();
            assertThat(response.framing()).isEqualTo(Framing.UNTIL_CLOSE);
            assertThat(response.complete()).isTrue();
            assertThat(response.text()).isEqualTo("abc");
        }
    }

    @Test
    void pieces_carryTheTimeOfTheirArrival() throws IOException {
        ollama.onRequest(Answer.stream(5, Duration.ofMillis(20)));
        try (RawClient client = client()) {
            client.send(GET);
            Response response = client.read();
            List<Body.Piece> pieces = response.body().pieces();
            assertThat(pieces).hasSize(5);
            assertThat(pieces.get(4).nanos() - pieces.get(0).nanos()).isGreaterThan(60_000_000L);
            assertThat(pieces.get(0).nanos()).isGreaterThanOrEqualTo(response.headNanos());
            assertThat(pieces.get(4).bytes().text()).isEqualTo("{\"n\":4}\n");
        }
    }

    @Test
    void dribbledResponse_isReadWhole() throws IOException {
        ollama.onRequest((connection, request) ->
                connection.dribble("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", Duration.ofMillis(1)));
        try (RawClient client = client()) {
            client.send(GET);
            assertThat(client.read().text()).isEqualTo("ab");
        }
    }

    @Test
    void requestCutAnywhere_arrivesWhole() throws IOException {
        try (RawClient client = client()) {
            client.sendByteByByte(Bytes.of(GET));
            client.read();
            client.sendCut(Bytes.of(GET), 1, 5, 5, GET.length() - 1);
            client.read();
        }
        assertThat(ollama.requests()).hasSize(2);
        assertThat(ollama.request(0).head().raw()).isEqualTo(Bytes.of(GET));
        assertThat(ollama.request(1).head().raw()).isEqualTo(Bytes.of(GET));
    }

    @Test
    void halfClosedClient_stillReads() throws IOException {
        try (RawClient client = client()) {
            client.send(GET);
            client.shutdownOutput();
            assertThat(client.read().status()).isEqualTo(200);
            client.awaitClosed(SOON);
        }
    }

    @ParameterizedTest
    @CsvSource({"HTTP/2 200 OK", "HTTP/1.1 20 OK", "HTTP/1.1 200", "200 OK"})
    void oddStatusLine_isMalformed(String line) throws IOException {
        ollama.onRequest((connection, request) ->
                connection.send(line + "\r\nContent-Length: 0\r\n\r\n").close());
        try (RawClient client = client()) {
            client.send(GET);
            assertThatThrownBy(client::read).isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void closeInsteadOfResponse_isNoResponse() throws IOException {
        ollama.onConnection(Script.CLOSE_ON_ACCEPT);
        try (RawClient client = client()) {
            assertThatThrownBy(client::read).isInstanceOf(AssertionError.class);
        }
    }

    @Test
    void strayBytesInsteadOfClose_areShown() throws IOException {
        ollama.onConnection(connection -> connection.send("stray").close());
        try (RawClient client = client()) {
            assertThatThrownBy(() -> client.awaitClosed(SOON)).hasMessageContaining("s");
        }
    }
}
