package dev.corral.server.state.redis;

import static dev.corral.auth.limit.LimitKind.TOKENS_PER_DAY;
import static dev.corral.server.state.redis.Students.ALICE;
import static dev.corral.server.state.redis.Students.admitted;
import static dev.corral.server.state.redis.Students.eventually;
import static dev.corral.server.state.redis.Students.limit;
import static dev.corral.server.state.redis.Students.limiter;
import static dev.corral.server.state.redis.Students.plan;
import static dev.corral.server.state.redis.Students.tokens;
import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.auth.limit.LimitSet;
import dev.corral.core.spi.NanoClock;
import dev.corral.server.config.StateSettings.WhenAway;
import dev.corral.server.config.StateUrl;
import dev.corral.server.config.StateUrl.Kind;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A Redis that speaks TLS, with a certificate that the JVM trusts or does not. */
@Timeout(60)
final class RedisTlsIT {
    private static final String TRUST = "javax.net.ssl.trustStore";
    private static final String SECRET = "changeit";

    @TempDir
    private Path directory;

    private Path store = Path.of("store");
    private Path certificate = store;
    private Path key = store;

    @BeforeEach
    void makeCertificate() throws Exception {
        store = directory.resolve("store.p12");
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        Process made = new ProcessBuilder(
                        keytool,
                        "-genkeypair",
                        "-alias",
                        "redis",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=redis",
                        "-ext",
                        "SAN=IP:127.0.0.1",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        SECRET)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("keytool.log").toFile())
                .start();
        assertThat(made.waitFor()).isZero();
        KeyStore content = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            content.load(in, SECRET.toCharArray());
        }
        certificate = pem("CERTIFICATE", content.getCertificate("redis").getEncoded());
        key = pem("PRIVATE KEY", content.getKey("redis", SECRET.toCharArray()).getEncoded());
        content.deleteEntry("redis");
        content.setCertificateEntry("trusted", new Certificates(certificate).first());
        try (var out = Files.newOutputStream(store)) {
            content.store(out, SECRET.toCharArray());
        }
    }

    /** What a file of certificates holds. */
    private record Certificates(Path file) {
        java.security.cert.Certificate first() throws Exception {
            try (InputStream in = Files.newInputStream(file)) {
                return java.security.cert.CertificateFactory.getInstance("X.509")
                        .generateCertificate(in);
            }
        }
    }

    private Path pem(String what, byte[] der) throws Exception {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return Files.writeString(
                directory.resolve(what.replace(' ', '-')),
                "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n");
    }

    @AfterEach
    void trustAsBefore() {
        System.clearProperty(TRUST);
        System.clearProperty(TRUST + "Password");
    }

    private RedisProcess redis(int port) throws Exception {
        return new RedisProcess(
                directory,
                "--tls-port",
                Integer.toString(port),
                "--tls-cert-file",
                certificate.toString(),
                "--tls-key-file",
                key.toString(),
                "--tls-ca-cert-file",
                certificate.toString(),
                "--tls-auth-clients",
                "no");
    }

    private static StateUrl url(String host, int port) {
        return new StateUrl(
                Kind.REDIS, true, null, null, List.of(InetSocketAddress.createUnresolved(host, port)), 0, null);
    }

    @Test
    void trustedCertificate_isTakenForItsOwnAddressOnly() throws Exception {
        System.setProperty(TRUST, store.toString());
        System.setProperty(TRUST + "Password", SECRET);
        int port = RedisProcess.freePort();
        try (RedisProcess redis = redis(port);
                SharedState right = Students.open(url("127.0.0.1", port), WhenAway.DENY);
                SharedState wrong = SharedState.open(
                        Students.settings(url("localhost", port), WhenAway.DENY),
                        Duration.ofMillis(500),
                        NanoClock.SYSTEM)) {
            assertThat(redis.port()).isNotEqualTo(port);
            admitted(limiter(right, plan(limit(TOKENS_PER_DAY, 10), LimitSet.NONE)), ALICE, tokens(5));
            assertThat(wrong.stats().up()).isFalse();
        }
    }

    @Test
    void strangersCertificate_isRefused() throws Exception {
        int port = RedisProcess.freePort();
        try (RedisProcess redis = redis(port);
                SharedState state = SharedState.open(
                        Students.settings(url("127.0.0.1", port), WhenAway.DENY),
                        Duration.ofMillis(1_500),
                        NanoClock.SYSTEM)) {
            assertThat(redis.port()).isNotEqualTo(port);
            eventually("the certificate is refused", () -> {
                String trouble = state.trouble();
                return trouble != null && trouble.contains("certification path");
            });
            assertThat(state.stats().up()).isFalse();
        }
    }
}
