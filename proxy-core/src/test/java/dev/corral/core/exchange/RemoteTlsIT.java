package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.RemoteSettings;
import dev.corral.core.spi.ExchangeSummary;
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
import dev.corral.core.testkit.TestCertificate;
import dev.corral.core.testkit.TlsFront;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TLS with another Corral: its certificate is checked, and all that holds for plain connections holds for these. */
@ExtendWith(NothingLeft.class)
final class RemoteTlsIT {
    private static final TestCertificate HERE = TestCertificate.of("ip:127.0.0.1,dns:localhost");
    private static final TestCertificate ELSEWHERE = TestCertificate.of("ip:127.0.0.9,dns:elsewhere.test");
    private static final UpstreamCredential KEY = (method, path) -> new Presented("Bearer the-key", "").now();
    private static final Duration SOON = Duration.ofSeconds(5);

    private @Nullable TlsFront front;

    @AfterEach
    void closeFront() throws IOException {
        if (front != null) {
            front.close();
        }
    }

    private TlsFront front() {
        TlsFront present = front;
        if (present == null) {
            throw new IllegalStateException("not started");
        }
        return present;
    }

    private int behindTls(TestCertificate shown, int port) {
        try {
            front = TlsFront.start(shown, port);
            return front.port();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RemoteSettings trusting(TestCertificate... trusted) {
        return new RemoteSettings(
                "gpu.lab",
                "",
                true,
                List.of(trusted).stream().map(TestCertificate::certificate).toList(),
                KEY);
    }

    private CoreFixture start(Transport transport, String host, TestCertificate shown, TestCertificate... trusted)
            throws IOException {
        return CoreSetup.on(transport)
                .remote(trusting(trusted))
                .upstream(host, port -> behindTls(shown, port))
                .start();
    }

    private CoreFixture start(Transport transport) throws IOException {
        return start(transport, "127.0.0.1", HERE, HERE);
    }

    @EachTransport
    void trustedCertificateOfTheRightName_isTalkedTo(Transport transport) throws IOException {
        try (CoreFixture fixture = start(transport)) {
            RawClient client = fixture.client();
            assertThat(client.send(Requests.get("/api/tags")).read().status()).isEqualTo(200);
            assertThat(client.send(Requests.post("/api/generate", Requests.MODEL))
                            .read()
                            .status())
                    .isEqualTo(200);
            assertThat(fixture.ollama().connections())
                    .as("the second went over the first's")
                    .hasSize(1);
            assertThat(fixture.ollama().request(0).header("Authorization")).isEqualTo("Bearer the-key");
        }
    }

    @Test
    void host_isAskedForByName() throws IOException {
        try (CoreFixture fixture = start(Transport.NIO, "localhost", HERE, HERE)) {
            RawClient client = fixture.client();
            // The name is looked up beside the rest of the start.
            Await.until("an answer", () -> status(client) == 200);
            assertThat(front().namesAskedFor()).singleElement().asString().contains("localhost");
        }
    }

    private static int status(RawClient client) {
        try {
            return client.send(Requests.get("/api/tags")).read().status();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({"true, another name", "false, not one that is trusted"})
    void anotherCertificate_isRefusedBeforeTheKeyIsSent(boolean trusted, String message) throws IOException {
        TestCertificate shown = trusted ? ELSEWHERE : HERE;
        try (CoreFixture fixture = start(Transport.NIO, "127.0.0.1", shown, ELSEWHERE)) {
            Response response = fixture.client().send(Requests.get("/api/tags")).read();
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.text()).contains("https://gpu.lab").contains(message);
            assertThat(fixture.ollama().requests()).isEmpty();
        }
    }

    @Test
    void withoutAnAuthority_javasDecide() throws IOException {
        try (CoreFixture fixture = start(Transport.NIO, "127.0.0.1", HERE)) {
            Response response = fixture.client().send(Requests.get("/api/tags")).read();
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.text()).contains("--ca-file");
            assertThat(fixture.ollama().requests()).isEmpty();
        }
    }

    @Test
    void serverWithoutTls_isNeverSentTheKey() throws IOException {
        try (CoreFixture fixture =
                CoreSetup.on(Transport.NIO).remote(trusting(HERE)).start()) {
            fixture.ollama().onConnection(connection -> connection.send("HTTP/1.1 400 Bad\r\n\r\n"));
            Response response = fixture.client().send(Requests.get("/api/tags")).read();
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.text()).contains("does not speak TLS");
            assertThat(fixture.ollama().requests()).isEmpty();
        }
    }

    @Test
    void serverThatNeverShakesHands_isGivenUpInTime() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                CoreFixture fixture = CoreSetup.on(Transport.NIO)
                        .remote(trusting(HERE))
                        .upstream("127.0.0.1", port -> silent.getLocalPort())
                        .deadline(Deadline.CONNECT, Duration.ofMillis(200))
                        .start()) {
            Response response = fixture.client().send(Requests.get("/api/tags")).read();
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.text()).contains("TLS handshake in time");
        }
    }

    @EachTransport
    void stream_passesPieceByPiece(Transport transport) throws IOException {
        try (CoreFixture fixture = start(transport)) {
            fixture.ollama().onRequest(Answer.stream(50, Duration.ofMillis(2)));
            Response response = fixture.client()
                    .send(Requests.post("/api/generate", Requests.MODEL))
                    .read();
            assertThat(response.text().lines()).hasSize(50);
            assertThat(response.body().pieces()).hasSizeGreaterThan(10);
        }
    }

    @EachTransport
    void largeBodies_passBothWays(Transport transport) throws IOException {
        String upload = "u".repeat(3 << 20);
        String download = "d".repeat(5 << 20);
        try (CoreFixture fixture = start(transport)) {
            fixture.ollama().onRequest(Answer.json(200, download));
            Response response =
                    fixture.client().send(Requests.post(Requests.BLOB, upload)).read();
            assertThat(response.text()).isEqualTo(download);
            assertThat(fixture.ollama().request(0).body().text()).isEqualTo(upload);
        }
    }

    @EachTransport
    void clientThatLeaves_cancelsAtTheOther(Transport transport) throws IOException {
        try (CoreFixture fixture = start(transport)) {
            fixture.ollama().onRequest(Answer.NEVER);
            RawClient client = fixture.client();
            client.send(Requests.post("/api/generate", Requests.MODEL));
            SeenRequest request = fixture.ollama().awaitRequests(1).get(0);
            client.close();
            Closing closing = fixture.ollama().awaitClosed(request.connection(), SOON);
            assertThat(closing.kind()).isNotNull();
            ExchangeSummary summary = fixture.observed().await(1).get(0);
            assertThat(summary.outcome()).isEqualTo(Outcome.CLIENT_GONE);
        }
    }

    @Test
    void answerThatIsCut_isBrokenOffHereToo() throws IOException {
        try (CoreFixture fixture = start(Transport.NIO)) {
            fixture.ollama().onRequest((connection, request) -> {
                connection.readBody();
                connection.sendHead(200, "Transfer-Encoding: chunked").sendChunk("{\"n\":0}\n");
                connection.awaitEnd();
            });
            RawClient client = fixture.client();
            client.send(Requests.post("/api/generate", Requests.MODEL));
            client.readHead();
            front().cut();
            assertThat(fixture.observed().await(1).get(0).outcome()).isEqualTo(Outcome.UPSTREAM_FAILED);
        }
    }

    @Test
    void connectionThatTheOtherClosed_isReplacedByAFreshOne() throws IOException {
        try (CoreFixture fixture = start(Transport.NIO)) {
            RawClient client = fixture.client();
            assertThat(status(client)).isEqualTo(200);
            front().cut();
            assertThat(status(client)).isEqualTo(200);
        }
    }
}
