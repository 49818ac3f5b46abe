package dev.corral.server.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.core.spi.NanoClock;
import dev.corral.core.spi.UpstreamCredential.Presented;
import dev.corral.server.connect.ConnectException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against signatures that Ollama's own code made with the same key. */
final class SigningCredentialTest {
    private static final NanoClock THEN = new HandClock();
    private static final String PUBLIC = "AAAAC3NzaC1lZDI1NTE5AAAAIAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";

    private static final class HandClock implements NanoClock {
        private long millis = 1_760_000_000_999L;

        @Override
        public long nanos() {
            return 0;
        }

        @Override
        public long epochMillis() {
            return millis;
        }
    }

    @TempDir
    Path home;

    private Path file(String text) throws IOException {
        Path file = home.resolve("id_ed25519");
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    private static Presented made(CompletionStage<Presented> answer) {
        return answer.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    }

    private static String good() {
        return SshKeys.file("none", "ssh-ed25519", SshKeys.SEED, SshKeys.POINT);
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /api/chat, eHWxnYj3IZlgN6KIAF/QbeuVRW6lG0Ayi9ZY3qljNJ6WIgwVsHLxlqZGM1bPdP19ISJTCI4LL7nB3ze3Jn3YDA==",
        "GET, /api/tags, vvgqKn0AAKDsxJ+/EqJzaTJypXUQ5Vf6vDHRnEBKSzpZJjcMs0y0KnGZWoeRFphz7xituE3U2BBwu2gyzzDYAw==",
        "HEAD, /, 9cAzimVwcvQCDWrx6KE2Ty4BM7rHzXI/58xLL1NRggpLQ64r5BzBe8wSTYelKGIF2goHPJPVI7bEc0dGzU5pCw==",
        "DELETE, /api/delete, c2nSA1NXpISfTyJzTP4p2vQJRaveFjDPyZKHPZHBo5vcUNlpt4Y4sHSCzSe/mbeKvTk4ambPb+ijwsE6LM0zBg=="
    })
    void signature_isWhatOllamaMakes(String method, String path, String signature) throws Exception {
        Presented presented = made(SigningCredential.ofFile(file(good()), THEN).present(method, path));
        assertThat(presented.query()).isEqualTo("ts=1760000000");
        assertThat(presented.authorization()).isEqualTo(PUBLIC + ":" + signature);
        assertThat(presented.toString()).doesNotContain(signature).doesNotContain(PUBLIC);
    }

    @Test
    void sameQuestionInTheSameSecond_isSignedOnce_andAnyOtherAnew() throws Exception {
        HandClock clock = new HandClock();
        SigningCredential credential = SigningCredential.ofFile(file(good()), clock);
        Presented first = made(credential.present("GET", "/api/tags"));
        assertThat(made(credential.present("GET", "/api/tags"))).isSameAs(first);
        assertThat(made(credential.present("POST", "/api/tags"))).isNotEqualTo(first);
        assertThat(made(credential.present("GET", "/api/ps"))).isNotEqualTo(first);
        clock.millis += 1_000;
        Presented later = made(credential.present("GET", "/api/tags"));
        assertThat(later.query()).isNotEqualTo(first.query());
        assertThat(later.authorization()).isNotEqualTo(first.authorization());
    }

    @Test
    void sameQuestionAskedByManyAtOnce_isSignedOnce() throws Exception {
        SigningCredential credential = SigningCredential.ofFile(file(good()), THEN);
        List<CompletionStage<Presented>> answers = Stream.generate(() -> credential.present("POST", "/api/chat"))
                .limit(50)
                .toList();
        Presented first = made(answers.get(0));
        assertThat(answers).allSatisfy(answer -> assertThat(made(answer)).isSameAs(first));
    }

    @Test
    void signature_isMadeOnAThreadOfItsOwn() throws Exception {
        SigningCredential credential = SigningCredential.ofFile(file(good()), THEN);
        String[] thread = new String[1];
        for (int i = 0; thread[0] == null || !thread[0].equals("corral-sign"); i++) {
            // Where the signature is made before this looks, what follows runs here; not a thousand times.
            assertThat(i).as("ran on " + thread[0]).isLessThan(1_000);
            made(credential.present("GET", "/api/" + i).thenApply(presented -> {
                thread[0] = Thread.currentThread().getName();
                return presented;
            }));
        }
    }

    @Test
    void key_isNamedAsSshDoes() throws Exception {
        SigningCredential credential = SigningCredential.ofFile(file(good()), THEN);
        assertThat(credential.authorizedKey()).isEqualTo("ssh-ed25519 " + PUBLIC);
        // ssh-keygen -lf
        assertThat(credential.fingerprint()).matches("SHA256:[A-Za-z0-9+/]{43}");
    }

    static Stream<Arguments> unusable() {
        byte[] other = SshKeys.blob("ssh-ed25519");
        return Stream.of(
                Arguments.of(
                        SshKeys.file("aes256-ctr", "ssh-ed25519", SshKeys.SEED, SshKeys.POINT),
                        "protected by a passphrase"),
                Arguments.of(SshKeys.file("none", "ssh-rsa", SshKeys.SEED, SshKeys.blob("ssh-rsa")), "another type"),
                Arguments.of(SshKeys.file("none", "ssh-ed25519", SshKeys.SEED, other), "do not belong together"),
                Arguments.of(good().substring(0, 120) + good().substring(200), "is damaged"),
                Arguments.of("ssh-ed25519 " + PUBLIC + " me@here\n", "the public half"),
                Arguments.of("-----BEGIN RSA PRIVATE KEY-----\n-----END RSA PRIVATE KEY-----\n", "ssh-keygen -p"),
                Arguments.of("", "no private key"));
    }

    @ParameterizedTest
    @MethodSource("unusable")
    void keyThatCannotSign_isRefusedWithTheReason(String text, String message) throws IOException {
        Path file = file(text);
        assertThatThrownBy(() -> SigningCredential.ofFile(file, THEN))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(message);
    }

    @Test
    void noByteOfAKeyFile_bringsAnythingButARefusal() throws IOException {
        String text = good();
        byte[] all = Base64.getMimeDecoder().decode(text.substring(text.indexOf('\n'), text.lastIndexOf("\n-----")));
        for (int i = 0; i < all.length; i++) {
            byte[] changed = all.clone();
            changed[i] ^= (byte) 0x80;
            String broken = "-----BEGIN OPENSSH PRIVATE KEY-----\n"
                    + Base64.getEncoder().encodeToString(changed)
                    + "\n-----END OPENSSH PRIVATE KEY-----\n";
            try {
                // What is not looked at, such as the comment, may change.
                assertThat(OpenSshKey.parse(broken, home).publicText()).isEqualTo(PUBLIC);
            } catch (ConnectException e) {
                assertThat(e.reason()).isEqualTo(Reason.BAD_FILE);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw-rw-rw-", "rwx--x---"})
    void fileThatOthersMayRead_isRefused(String mode) throws IOException {
        Path file = file(good());
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        assertThatThrownBy(() -> SigningCredential.ofFile(file, THEN))
                .hasMessageContaining(mode)
                .hasMessageContaining("chmod 600 " + file);
        assertThatThrownBy(() -> KeyCredential.ofFile(file)).hasMessageContaining("chmod 600 " + file);
    }

    @Test
    void directory_isSaid_withoutAdviceThatLocksItsOwnerOut() throws IOException {
        Path directory = Files.createDirectory(home.resolve("directory"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThatThrownBy(() -> SigningCredential.ofFile(directory, THEN))
                .hasMessageContaining(directory + " is a directory")
                .hasMessageNotContaining("chmod");
        assertThatThrownBy(() -> KeyCredential.ofFile(directory))
                .hasMessageContaining(directory + " is a directory")
                .hasMessageNotContaining("chmod");
        assertThatThrownBy(() -> AuthorityFile.read(directory)).hasMessageContaining(directory + " is a directory");
    }

    @Test
    void device_isSaid_withoutAdviceOnItsMode() {
        assertThatThrownBy(() -> KeyCredential.ofFile(Path.of("/dev/null")))
                .hasMessageContaining("/dev/null is no regular file")
                .hasMessageNotContaining("chmod");
    }

    @Test
    void publicHalf_isSaid_beforeItsMode() throws IOException {
        Path file = home.resolve("id_ed25519.pub");
        Files.writeString(file, "ssh-ed25519 " + PUBLIC + " me@here\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> SigningCredential.ofFile(file, THEN))
                .hasMessageContaining("the public half of a pair")
                .hasMessageContaining(home.resolve("id_ed25519") + ")")
                .hasMessageNotContaining("chmod");
    }

    @Test
    void missingFile_isSaidWithWhatToDo() {
        assertThatThrownBy(() -> SigningCredential.ofFile(home.resolve("none"), THEN))
                .hasMessageContaining("does not exist")
                .hasMessageContaining("ssh-keygen -t ed25519");
    }

    @ParameterizedTest
    @ValueSource(strings = {"crl_abc_def123", "  crl_abc_def123 \n", "eyJh.eyJi.c2ln", "crl_abc_def123\r\n"})
    void keyFile_holdsTheKeyAlone(String text) throws Exception {
        assertThat(made(KeyCredential.ofFile(file(text)).present("GET", "/api/tags")))
                .isEqualTo(new Presented("Bearer " + text.strip(), ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "short", "crl_secret crl_secret", "key: crl_secret", "crl_secret\ncrl_secret"})
    void keyFileWithAnythingElse_isRefusedAndNotShown(String text) throws IOException {
        Path file = file(text);
        assertThatThrownBy(() -> KeyCredential.ofFile(file))
                .hasMessageContaining("(expected: crl_... and nothing more)")
                .hasMessageNotContaining("secret");
    }
}
