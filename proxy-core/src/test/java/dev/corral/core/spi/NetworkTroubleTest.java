package dev.corral.core.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.corral.core.testkit.TestCertificates;
import dev.corral.core.tls.CertificateBundle;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.KeyStore;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NetworkTroubleTest {
    @Test
    void portThatNobodyListensOn_refuses() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        assertThat(NetworkTrouble.text(failure("http://127.0.0.1:" + port, Duration.ofSeconds(30))))
                .isEqualTo("connection refused");
    }

    @Test
    void nameThatDoesNotExist_isNoHost() {
        assertThat(NetworkTrouble.text(failure("http://nowhere.invalid:9", Duration.ofSeconds(30))))
                .isEqualTo("no such host");
    }

    @Test
    void serverThatIsSilent_doesNotAnswerInTime() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String url = "http://127.0.0.1:" + silent.getLocalPort();
            assertThat(NetworkTrouble.text(failure(url, Duration.ofMillis(500))))
                    .isEqualTo("no answer in time");
        }
    }

    @Test
    void certificates_areNamedByWhatIsWrongWithThem() throws Exception {
        TestCertificates authority = TestCertificates.authority("Trusted");
        TestCertificates other = TestCertificates.authority("Other");
        assertThat(handshake(authority, authority.expiredServer("localhost")))
                .isEqualTo("by the clock here its certificate has expired");
        assertThat(handshake(authority, other.server("localhost")))
                .isEqualTo("nobody who is trusted here has signed its certificate");
        assertThat(NetworkTrouble.text(new IOException(new CertificateNotYetValidException("NotBefore"))))
                .isEqualTo("by the clock here its certificate is not valid yet");
    }

    @Test
    void otherFailures_areToldApart() {
        ConnectException noRoute = new ConnectException();
        noRoute.initCause(new NoRouteToHostException("No route to host"));
        assertThat(NetworkTrouble.text(noRoute)).isEqualTo("there is no way to it from here");
        assertThat(NetworkTrouble.text(new ConnectException("Connection timed out")))
                .isEqualTo("no answer in time");
        assertThat(NetworkTrouble.text(new IOException("what a server has sent")))
                .isNull();
        assertThat(NetworkTrouble.text(null)).isNull();
    }

    @Test
    void place_alwaysHasAPort() {
        assertThat(NetworkTrouble.place(URI.create("https://a.example/dir"))).isEqualTo("a.example:443");
        assertThat(NetworkTrouble.place(URI.create("http://localhost/"))).isEqualTo("localhost:80");
        assertThat(NetworkTrouble.place(URI.create("https://[::1]:14000/dir"))).isEqualTo("[::1]:14000");
    }

    /** What comes of asking a server with this certificate, where this authority is trusted. */
    private static @Nullable String handshake(TestCertificates trusted, CertificateBundle shown) throws Exception {
        KeyStore keys = empty();
        keys.setKeyEntry("server", shown.key(), new char[0], shown.chain().toArray(X509Certificate[]::new));
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, new char[0]);
        SSLContext serving = SSLContext.getInstance("TLS");
        serving.init(own.getKeyManagers(), null, null);
        KeyStore anchors = empty();
        anchors.setCertificateEntry("trusted", trusted.certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(anchors);
        SSLContext asking = SSLContext.getInstance("TLS");
        asking.init(null, trust.getTrustManagers(), null);

        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
        server.setHttpsConfigurator(new HttpsConfigurator(serving));
        server.start();
        try {
            URI url = URI.create("https://localhost:" + server.getAddress().getPort());
            HttpRequest request =
                    HttpRequest.newBuilder(url).timeout(Duration.ofSeconds(30)).build();
            HttpClient client = HttpClient.newBuilder().sslContext(asking).build();
            return NetworkTrouble.text(catchThrowable(() -> client.send(request, BodyHandlers.discarding())));
        } finally {
            server.stop(0);
        }
    }

    private static KeyStore empty() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static Throwable failure(String url, Duration patience) {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url)).timeout(patience).build();
        return catchThrowable(() -> HttpClient.newHttpClient().send(request, BodyHandlers.discarding()));
    }
}
