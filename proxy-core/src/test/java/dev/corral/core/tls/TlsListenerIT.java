package dev.corral.core.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.ListenerSettings;
import dev.corral.core.testkit.Authenticators;
import dev.corral.core.testkit.Await;
import dev.corral.core.testkit.Bytes;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.Deadline;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.Response;
import dev.corral.core.testkit.TestCertificates;
import dev.corral.core.testkit.TlsClient;
import io.netty.channel.DefaultChannelPipeline;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** A listener that speaks TLS, seen from its clients. */
@ExtendWith(NothingLeft.class)
final class TlsListenerIT {
    private static final TestCertificates CA = TestCertificates.authority("ca");
    private static final CertificateBundle FIRST = CA.server("gpu.lab", "localhost");
    private static final CertificateBundle SECOND = CA.server("second.lab");
    private static final CertificateBundle WILD = CA.server("*.wild.lab");

    private static TlsContexts contexts(TlsSettings.Provider provider, CertificateBundle... bundles)
            throws TlsException {
        TlsContexts contexts = new TlsContexts(new TlsSettings(provider, false, false, List.of()));
        contexts.replace(List.of(bundles));
        return contexts;
    }

    @EachProvider
    void requestOverTls_isAnsweredAndForwarded(TlsSettings.Provider provider) throws IOException, TlsException {
        for (String version : List.of("TLSv1.3", "TLSv1.2")) {
            for (CertificateBundle bundle : List.of(FIRST, CA.rsaServer("gpu.lab"))) {
                try (TlsContexts tls = contexts(provider, bundle);
                        CoreFixture fixture =
                                CoreSetup.on(Transport.AUTO).tls(tls).start()) {
                    SSLSocket socket = TlsClient.trusting(CA).protocols(version).connect(fixture.address());
                    assertThat(socket.getSession().getProtocol()).isEqualTo(version);
                    RawClient client = fixture.client(socket);
                    for (int i = 0; i < 3; i++) {
                        client.send(Requests.post("/api/generate", Requests.MODEL));
                        assertThat(client.read().status()).isEqualTo(200);
                    }
                    assertThat(fixture.ollama().requests()).hasSize(3);
                    assertThat(tls.succeeded()).isEqualTo(1);
                }
            }
        }
    }

    @EachProvider
    void callerWithoutKey_isSentToTheHelpPageOverHttps(TlsSettings.Provider provider) throws IOException, TlsException {
        try (TlsContexts tls = contexts(provider, FIRST);
                CoreFixture fixture = CoreSetup.on(Transport.AUTO)
                        .authenticator(Authenticators.byAuthorization(Map.of()))
                        .tls(tls)
                        .start()) {
            RawClient client = fixture.client(TlsClient.trusting(CA).connect(fixture.address()));
            client.send(Requests.get("/api/tags"));
            assertThat(client.read().body().text()).contains("\"signin_url\":\"https://");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "gpu.lab, 0",
        "GPU.lab, 0",
        "second.lab, 1",
        "a.wild.lab, 2",
        "wild.lab, 0",
        "a.b.wild.lab, 0",
        "unknown.example, 0",
        "'', 0",
    })
    void nameAskedFor_decidesWhichCertificateIsShown(String name, int shown) throws IOException, TlsException {
        List<CertificateBundle> all = List.of(FIRST, SECOND, WILD);
        try (TlsContexts tls = contexts(TlsSettings.Provider.AUTO, FIRST, SECOND, WILD);
                CoreFixture fixture = CoreSetup.on(Transport.AUTO).tls(tls).start();
                SSLSocket socket = TlsClient.trusting(CA).host(name).connect(fixture.address())) {
            assertThat(socket.getSession().getPeerCertificates()[0])
                    .isEqualTo(all.get(shown).chain().get(0));
        }
    }

    @EachProvider
    void tls11_isRefused(TlsSettings.Provider provider) throws IOException, TlsException {
        try (TlsContexts tls = contexts(provider, FIRST);
                CoreFixture fixture = CoreSetup.on(Transport.AUTO).tls(tls).start();
                RawClient client = fixture.client()) {
            client.send(Bytes.of(Hellos.tls11()));
            // A fatal alert, protocol_version.
            assertThat(client.readBytes(7).array()).startsWith(21).endsWith(2, 70);
            client.awaitClosed(Await.LONG);
            Await.until("the failure is counted", () -> tls.failed() == 1);
        }
    }

    @EachProvider
    void otherProtocolThanHttp_isRefused(TlsSettings.Provider provider) throws IOException, TlsException {
        try (TlsContexts tls = contexts(provider, FIRST);
                CoreFixture fixture = CoreSetup.on(Transport.AUTO).tls(tls).start()) {
            assertThatThrownBy(() -> TlsClient.trusting(CA).applications("ftp").connect(fixture.address()))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("no_application_protocol");
            try (SSLSocket socket =
                    TlsClient.trusting(CA).applications("ftp", "http/1.1").connect(fixture.address())) {
                assertThat(socket.getApplicationProtocol()).isEqualTo("http/1.1");
            }
        }
    }

    @EachProvider
    void slowHandshake_isClosed(TlsSettings.Provider provider) throws IOException, TlsException {
        try (TlsContexts tls = contexts(provider, FIRST);
                CoreFixture fixture = CoreSetup.on(Transport.AUTO)
                        .deadline(Deadline.HEADERS, Duration.ofMillis(200))
                        .tls(tls)
                        .start()) {
            byte[] hello = Hellos.tls13("gpu.lab");
            for (int sent : List.of(0, 1, 5, hello.length - 1, hello.length)) {
                try (RawClient client = fixture.client()) {
                    client.send(Bytes.of(Arrays.copyOf(hello, sent)));
                    if (sent == hello.length) {
                        assertThat(client.readBytes(1).array()[0]).isEqualTo((byte) 22);
                    }
                    Await.until(
                            "closed with " + sent + " bytes",
                            () -> fixture.stats().clientConnections() == 0);
                }
            }
            Await.until("the failures are counted", () -> tls.failed() == 5);
        }
    }

    @EachProvider
    void strangeBytesInsteadOfAHandshake_areClosedQuietly(TlsSettings.Provider provider)
            throws IOException, TlsException {
        Logger pipelines = (Logger) LoggerFactory.getLogger(DefaultChannelPipeline.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        pipelines.addAppender(log);
        try (TlsContexts tls = contexts(provider, FIRST);
                CoreFixture fixture = CoreSetup.on(Transport.AUTO).tls(tls).start()) {
            for (byte[] bytes : Hellos.strange()) {
                try (RawClient client = fixture.client()) {
                    client.send(Bytes.of(bytes));
                    Await.until("closed", () -> fixture.stats().clientConnections() == 0);
                }
            }
            Await.until(
                    "all are counted", () -> tls.failed() == Hellos.strange().size());
        } finally {
            pipelines.detachAppender(log);
        }
        // With a stack trace for each, this would be a way to fill a disk.
        assertThat(log.list).isEmpty();
    }

    @EachProvider
    void plainHttp_isToldThatThisIsHttps(TlsSettings.Provider provider) throws IOException, TlsException {
        try (TlsContexts tls = contexts(provider, FIRST);
                CoreFixture fixture = CoreSetup.on(Transport.AUTO).tls(tls).start();
                RawClient client = fixture.client()) {
            client.send(Requests.post("/api/chat", Requests.MODEL, "Authorization: Bearer crl_secret"));
            Response response = client.read();
            assertThat(response.status()).isEqualTo(400);
            assertThat(response.complete()).isTrue();
            assertThat(response.text()).contains("https://");
            client.awaitClosed(Await.LONG);
            assertThat(tls.failed()).isEqualTo(1);
            assertThat(fixture.ollama().requests()).isEmpty();
        }
    }

    @EachProvider
    void headerOfAProxyBeforeTheHandshake_namesTheClient(TlsSettings.Provider provider)
            throws IOException, TlsException {
        ListenerSettings behind = new ListenerSettings(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), ListenerSettings.Kind.TLS, true);
        try (TlsContexts tls = contexts(provider, FIRST);
                CoreFixture fixture = CoreSetup.on(Transport.AUTO)
                        .listeners(List.of(behind))
                        .tls(tls)
                        .start()) {
            InetSocketAddress address = fixture.core().addresses().get(1);
            Socket socket = new Socket(address.getAddress(), address.getPort());
            socket.getOutputStream()
                    .write("PROXY TCP4 203.0.113.9 192.0.2.1 5555 443\r\n".getBytes(StandardCharsets.US_ASCII));
            RawClient client = fixture.client(TlsClient.trusting(CA).connect(socket));
            client.send(Requests.get("/api/tags"));
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(fixture.observed().awaitFirst().clientAddress().getHostAddress())
                    .isEqualTo("203.0.113.9");
        }
    }

    @EachProvider
    void withoutAnyCertificate_connectionsAreClosed(TlsSettings.Provider provider) throws IOException {
        try (TlsContexts tls = new TlsContexts(new TlsSettings(provider, false, false, List.of()));
                CoreFixture fixture = CoreSetup.on(Transport.AUTO).tls(tls).start()) {
            assertThatThrownBy(() -> TlsClient.trusting(CA).connect(fixture.address()))
                    .isInstanceOf(IOException.class);
        }
    }
}
