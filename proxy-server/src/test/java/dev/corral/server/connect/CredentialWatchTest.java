package dev.corral.server.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.spi.UpstreamCredential.Presented;
import dev.corral.server.connect.CredentialFile.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A key file that is exchanged while the program runs. */
final class CredentialWatchTest {
    @TempDir
    Path home;

    private Path file(String name, String text) throws IOException {
        Path file = home.resolve(name);
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    private CredentialWatch watch() throws Exception {
        return CredentialWatch.of(new CredentialFile(file("key", "crl_the_old_key\n"), Kind.KEY));
    }

    private static String sent(CredentialWatch watch) {
        Presented presented =
                watch.live().present("GET", "/api/tags").toCompletableFuture().join();
        return String.valueOf(presented.authorization());
    }

    private static boolean lookTwice(CredentialWatch watch) {
        boolean first = watch.look();
        return watch.look() || first;
    }

    @Test
    void fileThatIsWrittenAnew_isInUseOnceItHasSettled() throws Exception {
        CredentialWatch watch = watch();
        assertThat(lookTwice(watch)).isFalse();
        file("key", "crl_the_newer_key\n");
        assertThat(watch.look()).as("it may be half written").isFalse();
        assertThat(sent(watch)).isEqualTo("Bearer crl_the_old_key");
        assertThat(watch.look()).isTrue();
        assertThat(sent(watch)).isEqualTo("Bearer crl_the_newer_key");
        assertThat(lookTwice(watch)).isFalse();
    }

    @Test
    void fileThatIsReplacedByRenaming_isInUse() throws Exception {
        CredentialWatch watch = watch();
        Files.move(file("next", "crl_the_new_key\n"), home.resolve("key"), StandardCopyOption.ATOMIC_MOVE);
        assertThat(lookTwice(watch)).isTrue();
        assertThat(sent(watch)).isEqualTo("Bearer crl_the_new_key");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no key at all", "crl_one crl_two"})
    void fileThatHoldsNoKey_changesNothing_untilItDoes(String text) throws Exception {
        CredentialWatch watch = watch();
        file("key", text);
        assertThat(lookTwice(watch)).isFalse();
        assertThat(sent(watch)).isEqualTo("Bearer crl_the_old_key");
        file("key", "crl_the_newer_key");
        assertThat(lookTwice(watch)).isTrue();
        assertThat(sent(watch)).isEqualTo("Bearer crl_the_newer_key");
    }

    @Test
    void fileThatIsGone_changesNothing_untilItIsBack() throws Exception {
        CredentialWatch watch = watch();
        Files.delete(home.resolve("key"));
        assertThat(lookTwice(watch)).isFalse();
        assertThat(sent(watch)).isEqualTo("Bearer crl_the_old_key");
        file("key", "crl_the_newer_key");
        assertThat(lookTwice(watch)).isTrue();
        assertThat(sent(watch)).isEqualTo("Bearer crl_the_newer_key");
    }

    @Test
    void fileThatOthersMayRead_isInUseOnlyWhenTheyMayNot() throws Exception {
        CredentialWatch watch = watch();
        Path file = file("key", "crl_the_newer_key");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(lookTwice(watch)).isFalse();
        assertThat(sent(watch)).isEqualTo("Bearer crl_the_old_key");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertThat(lookTwice(watch)).isTrue();
        assertThat(sent(watch)).isEqualTo("Bearer crl_the_newer_key");
    }

    @Test
    void keyThatSigns_isExchangedWithItsNameAndRegistration() throws Exception {
        Path file = file("id", SshKeys.file("none", "ssh-ed25519", SshKeys.SEED, SshKeys.POINT));
        CredentialWatch watch = CredentialWatch.of(new CredentialFile(file, Kind.SSH));
        String name = watch.live().current().name();
        assertThat(name).startsWith("the signature of SHA256:");
        assertThat(watch.live().current().registration()).startsWith("ssh-ed25519 AAAA");
        file("id", "no key");
        assertThat(lookTwice(watch)).isFalse();
        assertThat(watch.live().current().name()).isEqualTo(name);
    }
}
