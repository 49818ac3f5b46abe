package dev.corral.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import dev.corral.core.spi.NanoClock;
import dev.corral.core.testkit.TestCertificates;
import dev.corral.core.tls.CertificateBundle;
import dev.corral.core.tls.TlsContexts;
import dev.corral.core.tls.TlsException;
import dev.corral.core.tls.TlsSettings;
import dev.corral.server.config.AcmeSettings;
import dev.corral.server.config.TlsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsFilesTest {
    private static final TestCertificates CA = TestCertificates.authority("ca");
    private static final CertificateBundle OLD = CA.server("gpu.lab");
    private static final CertificateBundle NEW = CA.rsaServer("gpu.lab");

    @TempDir
    Path directory;

    private final TlsContexts contexts = new TlsContexts(TlsSettings.DEFAULTS);
    private TlsConfig.Pair pair = new TlsConfig.Pair(Path.of("x"), Path.of("y"));
    private TlsFiles files = new TlsFiles(List.of(), contexts, NanoClock.SYSTEM);

    @BeforeEach
    void begin() throws IOException, PemException, TlsException {
        pair = PemPair.write(directory, "a", OLD);
        files = new TlsFiles(List.of(pair), contexts, NanoClock.SYSTEM);
        files.load();
    }

    @AfterEach
    void end() {
        contexts.close();
    }

    private void looks(int times) {
        for (int i = 0; i < times; i++) {
            files.look();
        }
    }

    private CertificateBundle inForce() {
        return contexts.certificates().get(0).equals(OLD.chain().get(0)) ? OLD : NEW;
    }

    @Test
    void changedPair_isInForceAtTheSecondLook() throws IOException {
        PemPair.write(directory, "a", NEW);
        looks(1);
        assertThat(inForce()).isSameAs(OLD);
        looks(1);
        assertThat(inForce()).isSameAs(NEW);
        assertThat(files.failures()).isZero();
    }

    @Test
    void pairWrittenInTwoSteps_isNotTakenForABadOne() throws IOException {
        Path other = Files.createDirectory(directory.resolve("other"));
        TlsConfig.Pair fresh = PemPair.write(other, "a", NEW);
        Files.copy(fresh.certificate(), pair.certificate(), StandardCopyOption.REPLACE_EXISTING);
        looks(1);
        Files.copy(fresh.key(), pair.key(), StandardCopyOption.REPLACE_EXISTING);
        looks(2);
        assertThat(inForce()).isSameAs(NEW);
        assertThat(files.failures()).isZero();
    }

    @Test
    void reloadBadCert_oldKeepsServing_andIsToldOnce() throws IOException {
        for (String bad : List.of("", "nonsense", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")) {
            Files.writeString(pair.key(), bad);
            looks(5);
            assertThat(inForce()).isSameAs(OLD);
        }
        assertThat(files.failures()).isEqualTo(3);
        Files.delete(pair.key());
        looks(5);
        assertThat(files.failures()).isEqualTo(4);
        PemPair.write(directory, "a", CA.server("other.lab"));
        looks(2);
        assertThat(files.failures()).isEqualTo(4);
        assertThat(contexts.certificates().get(0)).isNotEqualTo(OLD.chain().get(0));
    }

    @Test
    void keyOfAnotherCertificate_isRefused() throws IOException {
        Path other = Files.createDirectory(directory.resolve("other"));
        TlsConfig.Pair fresh = PemPair.write(other, "a", NEW);
        Files.copy(fresh.key(), pair.key(), StandardCopyOption.REPLACE_EXISTING);
        String message = pair.certificate() + " with " + pair.key() + ": gpu.lab: the key is of the kind RSA";
        try (LogLines log = new LogLines(TlsFiles.class)) {
            looks(3);
            assertThat(log.of(Level.ERROR)).singleElement().asString().contains("stay in force: " + message);
        }
        assertThat(inForce()).isSameAs(OLD);
        assertThat(files.failures()).isEqualTo(1);

        TlsConfig.Pair good = PemPair.write(directory, "b", CA.server("other.lab"));
        assertThatThrownBy(() -> new TlsFiles(List.of(good, pair), contexts, NanoClock.SYSTEM).load())
                .isInstanceOf(TlsException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void expiredCertificate_doesNotTakeThePlaceOfAValidOne() throws IOException {
        PemPair.write(directory, "a", CA.expiredServer("gpu.lab"));
        try (LogLines log = new LogLines(TlsFiles.class)) {
            looks(3);
            assertThat(log.of(Level.ERROR))
                    .singleElement()
                    .asString()
                    .contains(pair.certificate() + ": gpu.lab has expired at ");
        }
        assertThat(inForce()).isSameAs(OLD);
        assertThat(files.failures()).isEqualTo(1);
    }

    @Test
    void expiredCertificate_isCalledThat() {
        List<X509Certificate> both =
                List.of(OLD.chain().get(0), CA.expiredServer("late.lab").chain().get(0));
        assertThat(TlsText.validity(both, Instant.ofEpochMilli(NanoClock.SYSTEM.epochMillis())))
                .matches("gpu\\.lab until \\S+Z, late\\.lab EXPIRED at \\S+Z");
    }

    @Test
    void start_warnsOfWhatCheckWarnsOf() throws Exception {
        TlsConfig.Pair expired = PemPair.write(directory, "d", CA.expiredServer("late.lab"));
        Files.setPosixFilePermissions(expired.key(), PosixFilePermissions.fromString("rw-r--r--"));
        try (LogLines log = new LogLines(TlsFiles.class)) {
            new TlsFiles(List.of(pair, expired), contexts, NanoClock.SYSTEM).load();

            assertThat(log.of(Level.WARN)).hasSize(2);
            assertThat(log.of(Level.WARN).get(0)).startsWith(expired.certificate() + ": has expired at ");
            assertThat(log.of(Level.WARN).get(1)).startsWith(expired.key() + ": every user of this machine can read");
        }
    }

    @Test
    void startAndReload_warnOfWhatIsNotValidYetOrNotForLong() throws Exception {
        Instant from = OLD.chain().get(0).getNotBefore().toInstant();
        Instant until = OLD.chain().get(0).getNotAfter().toInstant();
        try (LogLines log = new LogLines(TlsFiles.class)) {
            new TlsFiles(List.of(pair), contexts, new HandClock(from.minus(Duration.ofDays(1)))).load();
            assertThat(log.of(Level.WARN))
                    .containsExactly(
                            pair.certificate() + ": is not valid before " + from + ": clients refuse it until then");
        }
        HandClock clock = new HandClock(until.minus(Duration.ofDays(1)));
        try (LogLines log = new LogLines(TlsFiles.class)) {
            TlsFiles late = new TlsFiles(List.of(pair), contexts, clock);
            late.load();
            assertThat(log.of(Level.WARN)).containsExactly(pair.certificate() + ": expires at " + until);
            Files.setPosixFilePermissions(pair.key(), PosixFilePermissions.fromString("rw-r--r--"));
            Files.writeString(pair.key(), Files.readString(pair.key()) + "\n");
            late.look();
            late.look();
            assertThat(log.of(Level.WARN)).hasSize(3).last().asString().startsWith(pair.key() + ": every user");
        }
    }

    @Test
    void oldFormsOfKeys_areRead() throws Exception {
        for (String form : List.of("ec", "rsa")) {
            Path key = directory.resolve(form + ".key");
            String[] make = form.equals("ec")
                    ? new String[] {"openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key + ""}
                    : new String[] {"openssl", "genrsa", "-traditional", "-out", key + "", "2048"};
            assertThat(new ProcessBuilder(make).start().waitFor()).isZero();
            assertThat(Files.readString(key)).startsWith("-----BEGIN " + form.toUpperCase(Locale.ROOT) + " ");
            assertThat(PemFile.read(key).key().getAlgorithm()).isEqualToIgnoringCase(form);
        }
    }

    @Test
    void whatIsWrong_isSaidWithTheFileAndWhatWasExpected() throws IOException {
        Path file = Files.writeString(directory.resolve("f.pem"), "hello");
        assertThatThrownBy(() -> PemFile.read(file).certificates())
                .isInstanceOf(PemException.class)
                .hasMessage(file + ": no certificate in it (expected: -----BEGIN CERTIFICATE-----)");
        assertThatThrownBy(() -> PemFile.read(file).key()).hasMessageContaining("no private key in it");
        assertThatThrownBy(() -> PemFile.read(directory.resolve("none")))
                .hasMessageContaining("does not exist (expected: a PEM file)");
        Files.writeString(file, PemPair.pem("ENCRYPTED PRIVATE KEY", new byte[10]));
        assertThatThrownBy(() -> PemFile.read(file).key()).hasMessageContaining("without a password");
        Files.writeString(file, "-----BEGIN CERTIFICATE-----\n");
        assertThatThrownBy(() -> PemFile.read(file).certificates()).hasMessageContaining("has no end");
    }

    @Test
    void check_namesEveryProblemAndWarning() throws IOException {
        TlsConfig.Pair mixed = new TlsConfig.Pair(
                pair.certificate(), PemPair.write(directory, "b", NEW).key());
        TlsConfig.Pair missing = new TlsConfig.Pair(directory.resolve("c.pem"), pair.key());
        TlsConfig.Pair expired = PemPair.write(directory, "d", CA.expiredServer("late.lab"));
        Files.setPosixFilePermissions(expired.key(), PosixFilePermissions.fromString("rw-r--r--"));
        TlsConfig config = new TlsConfig(
                TlsConfig.Mode.FILES,
                List.of(pair, mixed, missing, expired),
                List.of(),
                AcmeSettings.DEFAULTS,
                TlsSettings.Provider.AUTO,
                TlsConfig.ClientCertificates.OFF,
                null);

        TlsCheck check = TlsCheck.of(config, Instant.now());

        assertThat(check.problems()).hasSize(2);
        assertThat(check.problems().get(0)).contains("a.pem with ", "b-key.pem: gpu.lab: the key is of the kind RSA");
        assertThat(check.problems().get(1)).contains("c.pem: does not exist");
        assertThat(check.warnings()).hasSize(2);
        assertThat(check.warnings().get(0)).contains("d.pem: has expired at ");
        assertThat(check.warnings().get(1)).contains("d-key.pem: every user of this machine can read this key");
        assertThat(check.certificates()).hasSize(2);
        assertThat(TlsCheck.of(config, Instant.now().plus(Duration.ofDays(20))).warnings())
                .anySatisfy(warning -> assertThat(warning).contains("a.pem: expires at "));
    }
}
