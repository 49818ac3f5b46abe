package dev.corral.core.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.Deadline;
import dev.corral.core.testkit.Gate;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.Response;
import dev.corral.core.testkit.TestCertificates;
import dev.corral.core.testkit.TlsClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.extension.ExtendWith;

/** How connections end over TLS, where an orderly end is a message of its own. */
@ExtendWith(NothingLeft.class)
final class TlsEndsIT {
    private static final TestCertificates CA = TestCertificates.authority("ca");
    private static final CertificateBundle BUNDLE = CA.server("localhost");
    private static final String GENERATE = Requests.post("/api/generate", Requests.MODEL);

    private static TlsContexts contexts(TlsSettings.Provider provider) throws TlsException {
        TlsContexts contexts = new TlsContexts(new TlsSettings(provider, false, false, List.of()));
        contexts.replace(List.of(BUNDLE));
        return contexts;
    }

    @EachProvider
    void bodyThatOnlyTheEndDelimits_neverLooksWholeWhereItIsBrokenOff(TlsSettings.Provider provider)
            throws IOException, TlsException {
        Gate received = new Gate();
        try (TlsContexts tls = contexts(provider);
                CoreFixture fixture = CoreSetup.on(Transport.AUTO).tls(tls).start();
                SSLSocket socket = TlsClient.trusting(CA).connect(fixture.address())) {
            fixture.ollama().onRequest((connection, request) -> {
                connection.readBody();
                connection.sendHead(200, "Transfer-Encoding: chunked").sendChunk("{\"n\":0}\n");
                received.await();
                connection.rst();
            });
            socket.getOutputStream().write(Requests.http10(GENERATE).getBytes(StandardCharsets.US_ASCII));
            fixture.ollama().awaitRequests(1);
            assertThat(socket.getInputStream().read()).isEqualTo('H');
            received.open();
            assertThatThrownBy(() -> socket.getInputStream().readAllBytes()).isInstanceOf(IOException.class);
        }
    }

    @EachProvider
    void bodyThatOnlyTheEndDelimits_endsInOrder(TlsSettings.Provider provider) throws IOException, TlsException {
        try (TlsContexts tls = contexts(provider);
                CoreFixture fixture = CoreSetup.on(Transport.AUTO).tls(tls).start();
                RecordingSocket wire = new RecordingSocket(fixture.address());
                SSLSocket socket = TlsClient.trusting(CA).protocols("TLSv1.2").connect(wire)) {
            fixture.ollama().onRequest((connection, request) -> {
                connection.readBody();
                connection.sendHead(200).send("all of it").close();
            });
            socket.getOutputStream().write(Requests.http10(GENERATE).getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .endsWith("all of it");
            assertThat(wire.lastRecord()).as("close_notify").isEqualTo(21);
        }
    }

    @EachProvider
    void refusalWithTheBodyOutstanding_arrivesAndTheEndIsSaid(TlsSettings.Provider provider)
            throws IOException, TlsException {
        try (TlsContexts tls = contexts(provider);
                CoreFixture fixture =
                        CoreSetup.on(Transport.AUTO).bodies(1000, 2000).tls(tls).start();
                RecordingSocket wire = new RecordingSocket(fixture.address());
                // Its records still say in the clear of what kind they are.
                SSLSocket socket = TlsClient.trusting(CA).protocols("TLSv1.2").connect(wire)) {
            RawClient client = fixture.client(socket);
            client.send(Requests.declared("/api/generate", 300_000) + "x".repeat(100_000));
            Response response = client.read();
            assertThat(response.status()).isEqualTo(413);
            assertThat(response.complete()).isTrue();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            assertThat(wire.lastRecord()).as("close_notify").isEqualTo(21);
        }
    }

    @EachProvider
    void clientThatStopsReading_isCutWithoutAFarewell(TlsSettings.Provider provider) throws IOException, TlsException {
        try (TlsContexts tls = contexts(provider);
                CoreFixture fixture = CoreSetup.on(Transport.AUTO)
                        .deadline(Deadline.CLIENT_STALL, Duration.ofMillis(300))
                        .tls(tls)
                        .start();
                SSLSocket socket = TlsClient.trusting(CA).connect(fixture.address())) {
            fixture.ollama().onRequest((connection, request) -> {
                connection.readBody();
                connection.sendHead(200, "Transfer-Encoding: chunked");
                try {
                    for (int i = 0; i < 4_000; i++) {
                        connection.sendChunk("y".repeat(10_000));
                    }
                } catch (IOException e) {
                    // Corral leaves when its client does not read.
                }
            });
            socket.getOutputStream().write(GENERATE.getBytes(StandardCharsets.US_ASCII));
            fixture.observed().awaitFirst();
            fixture.assertNothingLeft(0);
        }
    }
}
