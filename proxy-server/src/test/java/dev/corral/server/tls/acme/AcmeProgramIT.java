package dev.corral.server.tls.acme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.spi.NanoClock;
import dev.corral.server.config.ConfigReader;
import dev.corral.server.config.ConfigResult;
import dev.corral.server.config.CorralConfig;
import dev.corral.server.config.Environment;
import dev.corral.server.config.Overrides;
import dev.corral.server.wiring.Lifecycle;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code tls: acme} in the whole program: the listener itself answers the authority, then serves what it has signed. */
class AcmeProgramIT {
    private static final String NAME = "gpu.example.org";

    @TempDir
    Path home;

    @Test
    @Timeout(120)
    void listener_answersTheChallengeAndServesTheCertificate() throws Exception {
        try (AcmeTestServer authority = new AcmeTestServer(NanoClock.SYSTEM)) {
            authority.validator.refuses = true;
            X509Certificate first;
            try (Lifecycle corral = Lifecycle.start(config(authority), List.of())) {
                int port = corral.address().getPort();
                await(() -> !authority.challenges.isEmpty());
                // Whoever comes before the first certificate is not shown another.
                assertThat(shown(port, authority)).isNull();
                assertThat(corral.certificates()).contains("no certificate yet");
            }
            authority.validator.refuses = false;
            forgetFailure();
            try (Lifecycle corral = Lifecycle.start(config(authority), List.of())) {
                int port = corral.address().getPort();
                authority.validator.ports(1, port);
                await(() -> shown(port, authority) != null);
                first = shown(port, authority);
                assertThat(authority.challenges).contains("tls-alpn-01 " + NAME);
            }
            try (Lifecycle corral = Lifecycle.start(config(authority), List.of())) {
                assertThat(shown(corral.address().getPort(), authority)).isEqualTo(first);
            }
            assertThat(authority.newOrders).hasSizeBetween(2, 3);
        }
    }

    @Test
    @Timeout(120)
    void listenerThatRedirects_answersTheOtherChallenge() throws Exception {
        int plain;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            plain = free.getLocalPort();
        }
        try (AcmeTestServer authority = new AcmeTestServer(NanoClock.SYSTEM)) {
            authority.validator.ports(plain, 1);
            String more = ", challenge: http}}\nlisteners: [{listen: \"127.0.0.1:" + plain + "\", redirect: true}]";
            try (Lifecycle corral = Lifecycle.start(config(authority, more), List.of())) {
                await(() -> shown(corral.address().getPort(), authority) != null);
            }
            assertThat(authority.challenges).containsExactly("http-01 " + NAME);
        }
    }

    private void forgetFailure() throws Exception {
        try (var files = Files.walk(home)) {
            for (Path file : files.filter(one -> one.endsWith("attempts.json")).toList()) {
                Files.delete(file);
            }
        }
    }

    private CorralConfig config(AcmeTestServer authority) throws Exception {
        return config(authority, "}}");
    }

    private CorralConfig config(AcmeTestServer authority, String more) throws Exception {
        Path file = home.resolve("corral.yaml");
        Files.writeString(file, """
                listen: 127.0.0.1:0
                admin: {listen: "off"}
                upstream: {url: "http://127.0.0.1:9"}
                state-dir: state
                tls: {mode: acme, acme: {domains: [%s], agree-terms: true, directory: "%s"%s
                """.formatted(NAME, authority.directory(), more));
        ConfigResult result = new ConfigReader(new Environment(Map.of(), home, home)).read(file, Overrides.NONE);
        assertThat(result).isInstanceOf(ConfigResult.Valid.class);
        return ((ConfigResult.Valid) result).config();
    }

    /** The certificate that the listener shows to who trusts the authority; null where it closes the connection. */
    private static @Nullable X509Certificate shown(int port, AcmeTestServer authority) throws Exception {
        KeyStore roots = KeyStore.getInstance("PKCS12");
        roots.load(null, null);
        roots.setCertificateEntry("root", authority.ca.root);
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(roots);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
                SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, NAME, port, false)) {
            socket.setSoTimeout(10_000);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(NAME)));
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        } catch (SSLException e) {
            // Closed before a certificate was shown; one that is not trusted would be another message.
            assertThat(e.getMessage()).doesNotContain("PKIX");
            return null;
        }
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(Condition condition) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.holds()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            new CountDownLatch(1).await(20, TimeUnit.MILLISECONDS);
        }
    }
}
