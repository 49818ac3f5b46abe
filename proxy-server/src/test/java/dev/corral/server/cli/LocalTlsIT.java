package dev.corral.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.server.tls.store.Pem;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tls: local} in the running program, for clients that trust the authority and those that do not. */
class LocalTlsIT {
    private static final String CONFIG = """
            listen: 127.0.0.1:0
            admin: {listen: "off"}
            upstream: {url: "http://127.0.0.1:9"}
            public-url: "https://[fd00::1234]"
            tls: local
            """;

    @TempDir
    Path home;

    @Test
    void certificate_isGoodForWhoTrustsTheAuthorityAndOutlivesARestart() throws Exception {
        Files.writeString(home.resolve("corral.yaml"), CONFIG);
        String fingerprint;
        try (CorralProcess corral = new CorralProcess(home, "serve")) {
            URI url = URI.create(corral.awaitLine("^  clients +(https://\\S+)$"));
            fingerprint = corral.awaitLine("SHA-256 is ([0-9A-F:]{95})");
            X509Certificate authority = Pem.certificates(
                            CommandRun.of(home, "trust", "--pem").out())
                    .get(0);

            assertThat(corral.err()).contains("fd00::1234");
            assertThat(get(url, trusting(authority)).body()).isEqualTo("Corral is running\n");
            assertThat(get(URI.create("https://localhost:" + url.getPort()), trusting(authority))
                            .statusCode())
                    .isEqualTo(200);
            assertThatThrownBy(() -> get(url, SSLContext.getDefault())).isInstanceOf(SSLHandshakeException.class);
        }
        assertThat(CommandRun.of(home, "trust").out()).contains(fingerprint);
        X509Certificate kept =
                Pem.certificates(CommandRun.of(home, "trust", "--pem").out()).get(0);
        try (CorralProcess corral = new CorralProcess(home, "serve")) {
            URI url = URI.create(corral.awaitLine("^  clients +(https://\\S+)$"));
            assertThat(get(url, trusting(kept)).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void nameThatTheAuthorityMayNotSign_endsTheStart() throws Exception {
        Files.writeString(home.resolve("corral.yaml"), CONFIG);
        try (CorralProcess corral = new CorralProcess(home, "serve")) {
            corral.awaitLine("^  clients +(https://\\S+)$");
        }
        Files.writeString(
                home.resolve("corral.yaml"),
                CONFIG.replace("tls: local", "tls: {mode: local, names: [gpu.example.org]}"));
        try (CorralProcess corral = new CorralProcess(home, "serve")) {
            assertThat(corral.exitCode()).isEqualTo(ExitCode.CONFIG);
            assertThat(corral.err()).contains("tls.names: \"gpu.example.org\"", "local-ca.pem");
        }
    }

    private static HttpResponse<String> get(URI url, SSLContext context) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newBuilder().sslContext(context).build();
        HttpRequest request =
                HttpRequest.newBuilder(url).timeout(Duration.ofSeconds(30)).build();
        return client.send(request, BodyHandlers.ofString());
    }

    private static SSLContext trusting(X509Certificate authority) throws Exception {
        KeyStore authorities = KeyStore.getInstance("PKCS12");
        authorities.load(null, null);
        authorities.setCertificateEntry("local", authority);
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(authorities);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }
}
