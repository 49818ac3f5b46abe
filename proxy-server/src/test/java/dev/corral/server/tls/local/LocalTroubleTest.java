package dev.corral.server.tls.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import dev.corral.core.tls.CertificateBundle;
import dev.corral.server.tls.HandClock;
import dev.corral.server.tls.LogLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that takes nothing, a clock that was wrong, a state directory that is another. */
class LocalTroubleTest {
    private static final LocalNames NAMES = new LocalNames(List.of("gpu.lab"), List.of("localhost"));
    private static final LocalNames MOVED = new LocalNames(List.of("gpu.lab"), List.of("localhost", "10.9.8.7"));

    private final HandClock clock = new HandClock(Instant.parse("2026-11-23T08:00:00Z"));

    @TempDir
    Path directory;

    @Test
    void certificateThatTheDiskDoesNotTake_isUsedAndSavedLater() throws Exception {
        AtomicReference<LocalNames> now = new AtomicReference<>(NAMES);
        LocalSource source = LocalSource.open(directory, () -> Objects.requireNonNull(now.get()), clock);
        now.set(MOVED);
        Path blocked = Files.createDirectories(directory.resolve("local-server.pem.tmp/full"));
        source.look();
        CertificateBundle before = source.first().get(0);
        assertThat(LocalSource.kept(directory)).isEqualTo(before);

        source.look();
        assertThat(source.failures()).isEqualTo(1);
        Files.delete(blocked);
        Files.delete(blocked.getParent());
        source.look();
        assertThat(LocalSource.kept(directory)).isNotNull().isNotEqualTo(before);
        assertThat(source.failures()).isEqualTo(1);
    }

    @Test
    void newCertificate_isInForceThoughItCannotBeSaved() throws Exception {
        LocalCertificates certificates = LocalCertificates.open(directory, NAMES, clock);
        CertificateBundle before = certificates.current();
        Files.createDirectories(directory.resolve("local-server.pem.tmp/full"));

        assertThat(certificates.renew(MOVED)).isTrue();
        assertThat(certificates.current()).isNotEqualTo(before);
        assertThatThrownBy(() -> certificates.renew(MOVED))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot write")
                .hasMessageContaining("local-server.pem");
        // A start does not fail for that either.
        assertThat(LocalCertificates.open(directory, MOVED, clock).current()).isNotNull();
    }

    @Test
    void authorityThatTheDiskDoesNotTake_isNotUsed() throws Exception {
        Files.createDirectories(directory.resolve("local-ca.pem.tmp/full"));

        assertThatThrownBy(() -> LocalCertificates.open(directory, NAMES, clock))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("local-ca.pem");
    }

    @Test
    void authorityOfTheFuture_isNamedAndKept() throws Exception {
        clock.advance(Duration.ofDays(1_000));
        LocalAuthority made = LocalCertificates.open(directory, NAMES, clock).authority();
        clock.advance(Duration.ofDays(-1_000));

        try (LogLines log = new LogLines(LocalCertificates.class)) {
            LocalAuthority found =
                    LocalCertificates.open(directory, NAMES, clock).authority();
            assertThat(found.certificate()).isEqualTo(made.certificate());
            assertThat(log.of(Level.ERROR))
                    .singleElement()
                    .asString()
                    .contains("is not valid before 2029-08-19T07:00:00Z", "remove " + LocalAuthority.file(directory));
        }
    }

    @Test
    void authorityThatIsGone_isMissedOnce() throws Exception {
        LocalCertificates certificates = LocalCertificates.open(directory, NAMES, clock);
        Path file = LocalAuthority.file(directory);
        Path elsewhere = directory.resolve("elsewhere");
        try (LogLines log = new LogLines(LocalCertificates.class)) {
            Files.move(file, elsewhere);
            certificates.renew(NAMES);
            certificates.renew(NAMES);
            assertThat(log.of(Level.ERROR)).singleElement().asString().contains(file + " is gone: put it back");

            Files.move(elsewhere, file);
            certificates.renew(NAMES);
            Files.move(file, elsewhere);
            certificates.renew(NAMES);
            assertThat(log.of(Level.ERROR)).hasSize(2);
        }
    }

    @Test
    void newAuthority_isSaidAloud() throws Exception {
        try (LogLines log = new LogLines(LocalAuthority.class)) {
            LocalCertificates.open(directory, NAMES, clock);
            LocalCertificates.open(directory, NAMES, clock);
            assertThat(log.of(Level.WARN))
                    .containsExactly("made a local authority, " + LocalAuthority.file(directory)
                            + ", which clients must be told to trust (corral trust)");
        }
    }

    @Test
    void fileThatCannotBeRead_isNamedWithTheReason() throws Exception {
        Files.createDirectories(LocalAuthority.file(directory));

        assertThatThrownBy(() -> LocalCertificates.open(directory, NAMES, clock))
                .isInstanceOf(IOException.class)
                .hasMessage(LocalAuthority.file(directory) + ": cannot be read: Is a directory");
    }
}
