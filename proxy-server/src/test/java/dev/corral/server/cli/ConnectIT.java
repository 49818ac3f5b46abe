package dev.corral.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.server.demo.StandInOllama;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The program twice: one Corral with a stand-in behind it, and one that connects to it. */
class ConnectIT {
    @TempDir
    Path home;

    private Path file(String name, String text) throws Exception {
        Path file = home.resolve(name);
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    private static int status(String url) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
                .statusCode();
    }

    @Test
    void programWithoutAKey_isServedByACorralThatWantsOne() throws Exception {
        Path other = Files.createDirectory(home.resolve("other"));
        try (CorralProcess corral =
                new CorralProcess(other, "demo", "--listen", "127.0.0.1:0", "--admin-listen", "off")) {
            String url = corral.awaitLine("Corral listens on (http://127.0.0.1:[0-9]+)");
            String key = corral.awaitLine("Bearer (crl_\\w+)");
            assertThat(status(url + "/api/tags")).isEqualTo(401);
            Path keyFile = file("key", key + "\n");
            try (CorralProcess connect = new CorralProcess(
                    home, "connect", url, "--listen", "127.0.0.1:0", "--key-file", keyFile.toString())) {
                String here = connect.awaitLine("^(http://127.0.0.1:[0-9]+) leads to " + url
                        + ", which answers and accepts the key of " + keyFile + "\\.$");
                assertThat(status(here + "/api/tags")).isEqualTo(200);
                assertThat(connect.out() + connect.err()).doesNotContain(key);
                connect.terminate();
                assertThat(connect.exitCode()).isZero();
            }
            file("wrong", key.substring(0, key.length() - 1) + (key.endsWith("x") ? "y" : "x"));
            try (CorralProcess connect =
                    new CorralProcess(home, "connect", url, "--listen", "127.0.0.1:0", "--key-file", "wrong")) {
                String here = connect.awaitLine("^(http://127.0.0.1:[0-9]+) leads to .* refuses the key of ");
                connect.awaitLine("warning: the key is not good there: .*");
                assertThat(status(here + "/api/tags")).isEqualTo(401);
            }
        }
    }

    @Test
    void keyThatIsRotated_isReadAgain_andRevocationIsSaid() throws Exception {
        Path other = Files.createDirectory(home.resolve("other"));
        Files.writeString(other.resolve("corral.yaml"), "admin: {listen: \"off\"}\n");
        try (CorralProcess corral = new CorralProcess(other, "serve", "--listen", "127.0.0.1:0")) {
            String url = corral.awaitLine("clients +(http://127.0.0.1:[0-9]+)");
            file("key", corral.awaitLine("  user +(crl_\\w+)"));
            try (CorralProcess connect =
                    new CorralProcess(home, "connect", url, "--listen", "127.0.0.1:0", "--key-file", "key")) {
                String here = connect.awaitLine("^(http://127.0.0.1:[0-9]+) leads to ");
                connect.awaitLine("warning: it says: (the model server cannot be reached)");
                assertThat(CommandRun.of(other, "keys", "revoke", "user").exitCode())
                        .isZero();
                CorralProcess.await("the revoked key is refused", () -> refused(here));
                connect.awaitLine("which answers but refuses (the key of .*key)\\.$");
                connect.awaitLine("warning: (the key is not good there)");
                CommandRun created = CommandRun.of(other, "keys", "create", "again", "--format", "json");
                assertThat(created.exitCode()).isZero();
                file("key", "half a ke");
                connect.awaitLine("(holds something else than a key .*); the credential from before stays in use");
                Matcher key = Pattern.compile("crl_\\w+").matcher(created.out());
                assertThat(key.find()).isTrue();
                file("key", key.group());
                connect.awaitLine("(key has changed and was read again)");
                CorralProcess.await("the new key is sent", () -> !refused(here));
            }
        }
    }

    private static boolean refused(String here) {
        try {
            return status(here + "/api/tags") == 401;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void ollamaWithoutACorral_isSaid() throws Exception {
        try (StandInOllama ollama = StandInOllama.start()) {
            file("key", "crl_something");
            try (CorralProcess connect = new CorralProcess(
                    home, "connect", ollama.url().toString(), "--listen", "127.0.0.1:0", "--key-file", "key")) {
                connect.awaitLine("(nothing asks for a key there: it is an Ollama with no Corral in front)");
                assertThat(connect.err()).contains("which answers without a credential.");
            }
        }
    }

    @Test
    void plainHttpToAListenerForTls_isTakenForThat() throws Exception {
        Path other = Files.createDirectory(home.resolve("other"));
        Files.writeString(other.resolve("corral.yaml"), "tls: local\nadmin: {listen: \"off\"}\n");
        Path keyFile = file("key", "crl_00000000_");
        try (CorralProcess corral = new CorralProcess(other, "serve", "--listen", "127.0.0.1:0")) {
            String port = corral.awaitLine("clients +https://127.0.0.1:([0-9]+)");
            file("key", corral.awaitLine("  user +(crl_\\w+)"));
            try (CorralProcess connect = new CorralProcess(
                    home,
                    "connect",
                    "http://127.0.0.1:" + port,
                    "--listen",
                    "127.0.0.1:0",
                    "--key-file",
                    keyFile.toString())) {
                connect.awaitLine("warning: it does not understand plain HTTP; perhaps it is (https://) there");
            }
        }
    }

    @Test
    void refusedConnection_saysNothingOfTheScheme() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        file("key", "crl_something");
        try (CorralProcess connect = new CorralProcess(
                home, "connect", "http://127.0.0.1:" + port, "--listen", "127.0.0.1:0", "--key-file", "key")) {
            connect.awaitLine("warning: .*(connection refused)$");
            assertThat(connect.err()).doesNotContain("perhaps it is https");
        }
    }

    @Test
    void connectionThatIsClosedUnanswered_mayBeForTls() throws Exception {
        file("key", "crl_something");
        try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread closer = new Thread(() -> closeAll(socket), "closer");
            closer.start();
            try (CorralProcess connect = new CorralProcess(
                    home,
                    "connect",
                    "http://127.0.0.1:" + socket.getLocalPort(),
                    "--listen",
                    "127.0.0.1:0",
                    "--key-file",
                    "key")) {
                connect.awaitLine("warning: .*closed.*(perhaps it is https:// there)$");
            }
        }
    }

    private static void closeAll(ServerSocket socket) {
        try {
            while (true) {
                Socket one = socket.accept();
                // Its bytes are read first, so that the other end sees an end and no reset.
                one.getInputStream().read();
                one.close();
            }
        } catch (IOException e) {
            // The test is over.
            Thread.currentThread().interrupt();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "connect                                                      | 64 | missing: URL",
                "connect https://gpu.lab                                      | 64 | missing: a credential (expected: --key-file FILE, or $CORRAL_KEY, or --sign)",
                "connect gpu.lab --sign                                       | 64 | no https:// or http://",
                "connect https://gpu.lab --key-file key --sign                | 64 | two credentials (expected: one)",
                "connect http://gpu.lab --key-file key --ca-file key          | 65 | holds no certificate",
                "connect https://gpu.lab --key-file key --listen 0.0.0.0:1    | 64 | an address of this machine alone",
                "connect https://gpu.lab --key-file none                      | 74 | does not exist",
                "connect https://gpu.lab --key-file open                      | 65 | chmod 600",
                "connect https://gpu.lab --sign                               | 74 | .ollama/id_ed25519 does not exist",
                "connect https://gpu.lab --sign-with key                      | 65 | no private key",
                "connect https://gpu.lab --key-file key --ca-file none        | 74 | none does not exist",
                "connect https://gpu.lab --key-file key --ca-file .           | 74 | is a directory (expected: a file of certificates in PEM)",
                "connect https://gpu.lab --insecure                           | 64 | unknown option \"--insecure\"",
            })
    void whatCannotBeDone_isSaidInOneSentence(String line, int exitCode, String message) throws Exception {
        file("key", "crl_something");
        Files.setPosixFilePermissions(file("open", "crl_something"), PosixFilePermissions.fromString("rw-r--r--"));
        CommandRun run = CommandRun.of(home, line.strip().split(" +", -1));
        assertThat(run.err()).contains(message).doesNotContain("crl_something");
        assertThat(run.exitCode()).isEqualTo(exitCode);
        assertThat(run.out()).isEmpty();
    }
}
