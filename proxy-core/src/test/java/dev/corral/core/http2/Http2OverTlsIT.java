package dev.corral.core.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.testkit.Answer;
import dev.corral.core.testkit.Await;
import dev.corral.core.testkit.Closing;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.Http2Client;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.SeenRequest;
import dev.corral.core.testkit.TestCertificates;
import dev.corral.core.testkit.TlsClient;
import dev.corral.core.tls.CertificateBundle;
import dev.corral.core.tls.TlsContexts;
import dev.corral.core.tls.TlsException;
import dev.corral.core.tls.TlsSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** HTTP/2 is what a client gets that asks for it in the handshake. */
@ExtendWith(NothingLeft.class)
final class Http2OverTlsIT {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final TestCertificates CA = TestCertificates.authority("ca");
    private static final CertificateBundle OWN = CA.server("localhost");

    private static TlsContexts contexts(TlsSettings.Provider provider) throws TlsException {
        TlsContexts contexts = new TlsContexts(new TlsSettings(provider, true, false, List.of()));
        contexts.replace(List.of(OWN));
        return contexts;
    }

    @ParameterizedTest
    @EnumSource(
            value = TlsSettings.Provider.class,
            names = {"OPENSSL", "JDK"})
    void chosenByAlpn_streamsAndCancels(TlsSettings.Provider provider) throws IOException, TlsException {
        try (TlsContexts tls = contexts(provider);
                CoreFixture fixture = CoreSetup.on(Transport.AUTO).tls(tls).start()) {
            fixture.ollama()
                    .onRequest(0, Answer.stream(50, Duration.ofMillis(2)))
                    .onRequest(1, Answer.NEVER);
            SSLSocket socket =
                    TlsClient.trusting(CA).applications("h2", "http/1.1").connect(fixture.address());
            assertThat(socket.getApplicationProtocol()).isEqualTo("h2");
            try (Http2Client client = Http2Client.over(socket)) {
                int stream = client.post("/api/chat", Requests.MODEL);
                assertThat(client.body(stream)).endsWith("{\"n\":49}\n");
                int left = client.post("/api/chat", Requests.MODEL);
                SeenRequest request = fixture.ollama().awaitRequests(2).get(1);
                Await.until("the request is whole", () -> request.body().complete());
                client.reset(left);
                assertThat(fixture.ollama()
                                .awaitClosed(request.connection(), SOON)
                                .kind())
                        .isNotEqualTo(Closing.Kind.LOCAL);
                assertThat(client.status(client.get("/api/tags"))).isEqualTo(200);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = TlsSettings.Provider.class,
            names = {"OPENSSL", "JDK"})
    void notAskedFor_http1(TlsSettings.Provider provider) throws IOException, TlsException {
        try (TlsContexts tls = contexts(provider);
                CoreFixture fixture = CoreSetup.on(Transport.AUTO).tls(tls).start()) {
            for (String[] offered : List.of(new String[] {}, new String[] {"http/1.1"})) {
                SSLSocket socket = TlsClient.trusting(CA).applications(offered).connect(fixture.address());
                RawClient client = fixture.client(socket);
                client.send(Requests.get("/api/tags"));
                assertThat(client.read().status()).isEqualTo(200);
            }
        }
    }
}
