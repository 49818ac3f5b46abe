package dev.corral.core.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The kit tested by itself: raw client against fake upstream, nothing between. */
final class FakeOllamaIT {
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

    @Test
    void answersRequestAfterRequest_andRecordsThem() throws IOException {
        try (RawClient client = client()) {
            client.send(GET);
            assertThat(client.read().text()).isEqualTo("{\"ok\":true}");
            client.send("POST /a?b HTTP/1.1\r\nhost: y\r\nContent-Length: 3\r\n\r\nabc");
            assertThat(client.read().status()).isEqualTo(200);
            client.send("HEAD / HTTP/1.1\r\n\r\n");
            assertThat(client.read("HEAD").framing()).isEqualTo(Framing.NONE);
        }
        List<SeenRequest> requests = ollama.requests();
        assertThat(requests).extracting(SeenRequest::method).containsExactly("GET", "POST", "HEAD");
        SeenRequest second = requests.get(1);
        assertThat(second.target()).isEqualTo("/a?b");
        assertThat(second.version()).isEqualTo("HTTP/1.1");
        assertThat(second.head().names()).containsExactly("host", "Content-Length");
        assertThat(second.body().text()).isEqualTo("abc");
        assertThat(second.nanos()).isGreaterThan(requests.get(0).nanos());
        assertThat(ollama.connections()).hasSize(1);
    }

    @Test
    void pipelinedRequests_areAnsweredInOrder() throws IOException {
        ollama.onRequest(1, Answer.json(404, "{}"));
        try (RawClient client = client()) {
            client.send(GET + GET + GET);
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(client.read().status()).isEqualTo(404);
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @Test
    void probe_isAnsweredAndKeptApart() throws IOException {
        try (RawClient client = client()) {
            client.send("GET /api/version HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(client.read().text()).contains("version");
            client.send("GET /api/version HTTP/1.1\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n");
            assertThat(client.read().text()).contains("ok");
        }
        assertThat(ollama.awaitProbes(1)).hasSize(1);
        assertThat(ollama.requests()).hasSize(1);
        assertThat(ollama.request(0).number()).isZero();
    }

    @Test
    void closing_tellsFinFromRst_evenDuringPause() throws IOException {
        ollama.onConnection(connection -> connection.pause(Duration.ofMinutes(1)));
        RawClient first = client();
        RawClient second = client();
        ollama.awaitConnections(2);
        FakeConnection ofFirst = byPort(first);
        FakeConnection ofSecond = byPort(second);
        assertThat(ofFirst.closing()).isNull();
        long before = System.nanoTime();
        first.close();
        second.rst();
        Closing fin = ollama.awaitClosed(ofFirst, SOON);
        assertThat(fin.kind()).isEqualTo(Closing.Kind.FIN);
        assertThat(fin.nanos()).isGreaterThan(before);
        assertThat(ollama.awaitClosed(ofSecond, SOON).kind()).isEqualTo(Closing.Kind.RST);
    }

    private FakeConnection byPort(RawClient client) {
        return ollama.connections().stream()
                .filter(connection -> connection.peerPort() == client.localPort())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void scriptedConnection_canDoEverythingOutOfOrder() throws IOException {
        ollama.onConnection(0, connection -> {
            SeenRequest request = connection.expectHead();
            connection.interim(103, "Link: </a>");
            connection.early(404);
            assertThat(request.body().complete()).isFalse();
            assertThat(connection.readBody().framing()).isEqualTo(Framing.CHUNKED);
            connection.garbageWhenIdle("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
            connection.fin();
            connection.awaitEnd();
        });
        try (RawClient client = client()) {
            client.send("POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
            Response response = client.read();
            assertThat(response.status()).isEqualTo(404);
            assertThat(response.interim()).hasSize(1);
            client.send("2\r\nab\r\n0\r\n\r\n");
            assertThat(client.read().text()).isEqualTo("x");
            assertThat(client.awaitClosed(SOON).kind()).isEqualTo(Closing.Kind.FIN);
        }
        ollama.awaitClosed(ollama.connections().get(0), SOON);
        assertThat(ollama.request(0).body().text()).isEqualTo("ab");
    }

    @Test
    void neverAnswering_endsWithThePeer() throws IOException {
        ollama.onRequest(Answer.NEVER);
        RawClient client = client();
        client.send(GET);
        ollama.awaitRequests(1);
        assertThat(client.silentFor(Duration.ofMillis(20))).isTrue();
        client.close();
        assertThat(ollama.awaitClosed(ollama.connections().get(0), SOON).kind()).isEqualTo(Closing.Kind.FIN);
    }

    @Test
    void closeAndResetOnAccept_areSeenAsSuch() throws IOException {
        ollama.onConnection(0, Script.CLOSE_ON_ACCEPT).onConnection(1, Script.RESET_ON_ACCEPT);
        try (RawClient first = client()) {
            assertThat(first.awaitClosed(SOON).kind()).isEqualTo(Closing.Kind.FIN);
        }
        try (RawClient second = client()) {
            assertThat(second.awaitClosed(SOON).kind()).isEqualTo(Closing.Kind.RST);
        } catch (SocketException duringConnect) {
            assertThat(duringConnect).hasMessageContaining("reset");
        }
    }

    @Test
    void stoppedServer_refuses_andComesBackOnTheSamePort() throws IOException {
        ollama.onRequest(Answer.NEVER);
        RawClient running = client();
        running.send(GET);
        ollama.awaitRequests(1);
        ollama.stop();
        assertThat(running.awaitClosed(SOON).kind()).isEqualTo(Closing.Kind.RST);
        assertThatThrownBy(this::client).isInstanceOf(ConnectException.class);
        ollama.restart();
        ollama.onRequest(Answer.OK);
        try (RawClient client = client()) {
            client.send(GET);
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @Test
    void fullBacklog_letsConnectingHang() throws IOException {
        ollama.stopAccepting();
        try (Socket socket = new Socket()) {
            assertThatThrownBy(() -> socket.connect(ollama.address(), 300)).isInstanceOf(SocketTimeoutException.class);
        }
        ollama.restart();
        try (RawClient client = client()) {
            client.send(GET);
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @Test
    void serverThatStopsReading_stallsTheSender() throws IOException {
        Gate gate = new Gate();
        ollama.onConnection(connection -> {
            connection.stopReading();
            gate.await();
            connection.startReading();
            connection.expectHead();
            connection.readBody();
            connection.respond(200, "text/plain", "done");
        });
        int length = 64 << 20;
        try (RawClient client = client()) {
            Thread sender = new Thread(() -> {
                try {
                    client.send("POST / HTTP/1.1\r\nContent-Length: " + length + "\r\n\r\n");
                    client.send(Bytes.of(new byte[length]));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            sender.start();
            FakeConnection connection = ollama.awaitConnections(1).get(0);
            assertThat(connection.received()).isLessThan(1 << 20);
            gate.open();
            assertThat(client.read().text()).isEqualTo("done");
        }
        assertThat(ollama.request(0).body().size()).isEqualTo(length);
    }

    @Test
    void failedScript_isReported() throws IOException {
        try (FakeOllama failing = FakeOllama.start()) {
            failing.onRequest((connection, request) -> {
                throw new AssertionError("not what I expected");
            });
            try (RawClient client = RawClient.connect(failing.address())) {
                client.send(GET);
                client.awaitClosed(SOON);
            }
            assertThatThrownBy(failing::assertScriptsSucceeded).isInstanceOf(AssertionError.class);
        }
    }

    @Test
    void malformedRequest_isReported() throws IOException {
        try (FakeOllama failing = FakeOllama.start()) {
            try (RawClient client = RawClient.connect(failing.address())) {
                client.send("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx");
                client.awaitClosed(SOON);
            }
            assertThatThrownBy(failing::assertScriptsSucceeded).isInstanceOf(AssertionError.class);
        }
    }
}
