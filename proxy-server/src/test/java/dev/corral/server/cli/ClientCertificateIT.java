package dev.corral.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.testkit.FakeOllama;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.TestCertificates;
import dev.corral.core.testkit.TlsClient;
import dev.corral.core.tls.CertificateBundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that show a certificate in place of a key, with the code of OpenSSL and of Java. */
class ClientCertificateIT {
    private static final TestCertificates SERVERS = TestCertificates.authority("servers");
    private static final TestCertificates CLIENTS = TestCertificates.authority("clients");
    // Of the same name, since Java's clients show nothing that another one than those asked for has signed.
    private static final TestCertificates OTHERS = TestCertificates.authority("clients");
    private static final CertificateBundle ALICE = CLIENTS.client("alice.lab.test");
    private static final CertificateBundle BOX = OTHERS.client("box.lab.test");

    @TempDir
    Path home;

    private FakeOllama ollama;

    @BeforeEach
    void start() throws IOException {
        ollama = FakeOllama.start();
    }

    @AfterEach
    void stop() throws IOException {
        ollama.close();
    }

    private void configure(String provider) throws IOException {
        CertificateBundle server = SERVERS.server("localhost");
        Files.writeString(
                home.resolve("server.pem"),
                pem("CERTIFICATE", encoded(server.chain().get(0))));
        Files.writeString(
                home.resolve("server.key"), pem("PRIVATE KEY", server.key().getEncoded()));
        Files.writeString(home.resolve("clients-ca.pem"), pem("CERTIFICATE", encoded(CLIENTS.certificate())));
        Files.writeString(home.resolve("corral.yaml"), """
                listen: 127.0.0.1:0
                admin: {listen: 127.0.0.1:0}
                state-dir: %s
                upstream: {url: "http://127.0.0.1:%d"}
                tls:
                  mode: files
                  certificates: [{certificate: server.pem, key: server.key}]
                  client-certificates: optional
                  client-ca: clients-ca.pem
                  provider: %s
                """.formatted(home.resolve("state"), ollama.port(), provider));
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(String kind, byte[] der) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + kind + "-----\n";
    }

    private void keys(String... arguments) {
        String[] all = new String[arguments.length + 3];
        all[0] = "keys";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        all[arguments.length + 1] = "--config";
        all[arguments.length + 2] = home.resolve("corral.yaml").toString();
        CommandRun run = CommandRun.of(home, all);
        assertThat(run.exitCode()).as(run.toString()).isZero();
    }

    private static InetSocketAddress address(CorralProcess corral) {
        URI uri = URI.create("https://" + corral.awaitLine("^  clients +https://(\\S+)"));
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), uri.getPort());
    }

    private static int ask(InetSocketAddress address, TlsClient client, String... fields) throws IOException {
        try (SSLSocket socket = client.connect(address)) {
            socket.getOutputStream().write(Requests.get("/api/version", fields).getBytes(StandardCharsets.US_ASCII));
            byte[] line = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
            return Integer.parseInt(new String(line, StandardCharsets.US_ASCII).substring(9));
        }
    }

    private static TlsClient client() {
        return TlsClient.trusting(SERVERS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"openssl", "jdk"})
    void certificate_opensTheKeyThatNamesIt(String provider) throws Exception {
        configure(provider);
        keys("create", "alice");
        keys("create", "box");
        keys("add-certificate", "alice", "san:alice.lab.test");
        Files.writeString(
                home.resolve("box.pem"), pem("CERTIFICATE", encoded(BOX.chain().get(0))));
        keys("add-certificate", "box", home.resolve("box.pem").toString());
        try (CorralProcess corral = new CorralProcess(
                home, "serve", "--config", home.resolve("corral.yaml").toString())) {
            InetSocketAddress address = address(corral);
            assertThat(ask(address, client().certificate(ALICE))).isEqualTo(200);
            // Pinned by its public key: whoever signed it.
            assertThat(ask(address, client().certificate(BOX))).isEqualTo(200);
            assertThat(ask(address, client())).isEqualTo(401);
            assertThat(ask(address, client().certificate(OTHERS.client("alice.lab.test"))))
                    .as("a name that another authority has signed")
                    .isEqualTo(401);
            assertThat(ask(address, client().certificate(CLIENTS.client("bob.lab.test"))))
                    .isEqualTo(401);
            assertThat(ask(address, client().certificate(CLIENTS.expiredClient("alice.lab.test"))))
                    .isEqualTo(401);
            assertThat(ask(address, client().certificate(ALICE), "Authorization: Bearer x"))
                    .as("a credential decides before the certificate")
                    .isEqualTo(401);

            Path authorities = home.resolve("clients-ca.pem");
            Files.writeString(authorities, pem("CERTIFICATE", encoded(OTHERS.certificate())));
            awaitRefused(address, ALICE);
            assertThat(ask(address, client().certificate(OTHERS.client("alice.lab.test"))))
                    .as("the authority that the changed file names")
                    .isEqualTo(200);

            keys("revoke", "alice");
            awaitRefused(address, OTHERS.client("alice.lab.test"));
            assertThat(ask(address, client().certificate(BOX))).isEqualTo(200);
        }
    }

    private static void awaitRefused(InetSocketAddress address, CertificateBundle shown) {
        CorralProcess.await("refused", () -> {
            try {
                return ask(address, client().certificate(shown)) == 401;
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void certificatesNotAskedFor_openNothing() throws Exception {
        configure("jdk");
        Path config = home.resolve("corral.yaml");
        Files.writeString(
                config,
                Files.readString(config)
                        .replace("client-certificates: optional", "client-certificates: \"off\"")
                        .replace("  client-ca: clients-ca.pem\n", ""));
        keys("create", "alice");
        keys("add-certificate", "alice", "san:alice.lab.test");
        try (CorralProcess corral = new CorralProcess(home, "serve", "--config", config.toString())) {
            assertThat(ask(address(corral), client().certificate(ALICE))).isEqualTo(401);
        }
    }
}
