package dev.corral.server.tls.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.core.tls.CertificateBundle;
import dev.corral.server.tls.HandClock;
import dev.corral.server.tls.store.PrivateFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalCertificatesTest {
    private static final LocalNames NAMES = new LocalNames(
            List.of("gpu.lab"), List.of("localhost", "127.0.0.1", "192.168.7.9", "2001:db8:0:1:0:0:0:9"));

    private final HandClock clock = new HandClock(Instant.parse("2026-11-23T08:00:00Z"));

    @TempDir
    Path directory;

    @Test
    void firstStart_makesAuthorityAndCertificateForAllNames() throws Exception {
        LocalCertificates made = LocalCertificates.open(directory, NAMES, clock);
        X509Certificate leaf = made.current().chain().get(0);
        X509Certificate authority = made.authority().certificate();

        leaf.verify(authority.getPublicKey());
        assertThat(names(leaf))
                .containsExactlyInAnyOrder("gpu.lab", "localhost", "127.0.0.1", "192.168.7.9", "2001:db8:0:1:0:0:0:9");
        assertThat(leaf.getNotAfter().toInstant()).isEqualTo(clock.now().plus(Duration.ofDays(90)));
        assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
        assertThat(authority.getBasicConstraints()).isZero();
        assertThat(authority.getNotAfter().toInstant()).isEqualTo(clock.now().plus(Duration.ofDays(3_650)));
        assertThat(authority.getCriticalExtensionOIDs()).contains("2.5.29.30");
        assertThat(made.authority().fingerprint()).matches("([0-9A-F]{2}:){31}[0-9A-F]{2}");
    }

    @Test
    void oneAddressInTwoForms_isOneName() {
        assertThat(new LocalNames(List.of("fd00:0:0:0:0:0:0:1"), List.of("fd00::1", "0:0:0:0:0:0:0:1")).all())
                .containsExactly("::1", "fd00::1");
    }

    @Test
    void files_areTheOwnersOnly() throws Exception {
        Path below = directory.resolve("tls");
        LocalCertificates.open(below, NAMES, clock);

        assertThat(mode(below)).isEqualTo("rwx------");
        try (Stream<Path> files = Files.list(below)) {
            assertThat(files)
                    .hasSize(2)
                    .allSatisfy(file -> assertThat(mode(file)).isEqualTo("rw-------"));
        }
    }

    @Test
    void secondStart_changesNothing() throws Exception {
        LocalCertificates first = LocalCertificates.open(directory, NAMES, clock);
        clock.advance(Duration.ofDays(59));
        LocalCertificates second = LocalCertificates.open(directory, NAMES, clock);

        assertThat(second.current()).isEqualTo(first.current());
        assertThat(second.authority().certificate()).isEqualTo(first.authority().certificate());
    }

    @Test
    void twoThirdsOfItsLife_makeANewOneOfTheSameAuthority() throws Exception {
        LocalCertificates certificates = LocalCertificates.open(directory, NAMES, clock);
        CertificateBundle before = certificates.current();
        X509Certificate authority = certificates.authority().certificate();

        clock.advance(Duration.ofDays(59));
        assertThat(certificates.renew(NAMES)).isFalse();
        clock.advance(Duration.ofDays(2));
        assertThat(certificates.renew(NAMES)).isTrue();

        assertThat(certificates.current()).isNotEqualTo(before);
        assertThat(certificates.authority().certificate()).isEqualTo(authority);
        assertThat(certificates.renew(NAMES)).isFalse();
        assertThat(LocalCertificates.open(directory, NAMES, clock).current()).isEqualTo(certificates.current());
    }

    @Test
    void newAddress_isInANewCertificate() throws Exception {
        LocalCertificates certificates = LocalCertificates.open(directory, NAMES, clock);
        LocalNames moved = new LocalNames(NAMES.wanted(), List.of("localhost", "10.9.8.7"));

        assertThat(certificates.renew(moved)).isTrue();
        assertThat(names(certificates.current().chain().get(0)))
                .containsExactlyInAnyOrder("gpu.lab", "localhost", "10.9.8.7");
        assertThat(certificates.renew(moved)).isFalse();
    }

    @Test
    void foundNameOutsideTheRealm_isLeftOutOnce() throws Exception {
        LocalCertificates certificates = LocalCertificates.open(directory, NAMES, clock);
        LocalNames moved = new LocalNames(NAMES.wanted(), List.of("localhost", "203.0.113.5", "bank.example"));

        assertThat(certificates.renew(moved)).isTrue();
        assertThat(names(certificates.current().chain().get(0))).containsExactlyInAnyOrder("gpu.lab", "localhost");
        assertThat(certificates.renew(moved)).isFalse();
    }

    @Test
    void wantedNameOutsideTheRealm_isRefusedWithWhatToDo() throws Exception {
        LocalCertificates.open(directory, NAMES, clock);
        LocalNames more = new LocalNames(List.of("gpu.lab", "gpu.example.org"), NAMES.found());

        assertThatThrownBy(() -> LocalCertificates.open(directory, more, clock))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("tls.names: \"gpu.example.org\"")
                .hasMessageContaining(LocalAuthority.file(directory).toString());
        assertThatThrownBy(() -> LocalSource.check(directory, List.of("gpu.lab"), List.of("gpu.example.org"), clock))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("tls.names: \"gpu.example.org\"")
                .hasMessageContaining(LocalAuthority.file(directory).toString());
        assertThat(LocalCertificates.open(directory, NAMES, clock)).isNotNull();
    }

    @Test
    void checkOfNames_isContentWhereTheNextStartMakesTheAuthority() throws Exception {
        List<String> names = List.of("gpu.example.org");
        LocalSource.check(directory, names, List.of(), clock);
        assertThat(directory).isEmptyDirectory();

        LocalCertificates.open(directory, NAMES, clock);
        LocalSource.check(directory, List.of("gpu.lab", "new.lab", "10.0.0.9"), List.of("x.local"), clock);
        clock.advance(LocalAuthority.LIFE.plusDays(1));
        LocalSource.check(directory, names, List.of(), clock);
        assertThat(LocalCertificates.open(directory, new LocalNames(names, List.of()), clock))
                .isNotNull();
    }

    @Test
    void authorityThatHasEnded_isReplaced() throws Exception {
        LocalCertificates certificates = LocalCertificates.open(directory, NAMES, clock);
        X509Certificate before = certificates.authority().certificate();
        clock.advance(Duration.ofDays(3_600));
        assertThat(certificates.renew(NAMES)).isTrue();
        assertThat(certificates.current().chain().get(0).getNotAfter()).isEqualTo(before.getNotAfter());

        clock.advance(Duration.ofDays(51));
        assertThat(certificates.renew(NAMES)).isTrue();
        assertThat(certificates.authority().certificate()).isNotEqualTo(before);
        certificates
                .current()
                .chain()
                .get(0)
                .verify(certificates.authority().certificate().getPublicKey());
    }

    @Test
    void damagedCertificate_isMadeAnewButDamagedAuthorityIsNot() throws Exception {
        LocalCertificates first = LocalCertificates.open(directory, NAMES, clock);
        PrivateFile.write(directory.resolve("local-server.pem"), "names: a\nnothing\n");
        LocalCertificates second = LocalCertificates.open(directory, NAMES, clock);
        assertThat(second.current()).isNotEqualTo(first.current());
        assertThat(second.authority().certificate()).isEqualTo(first.authority().certificate());

        String text = Files.readString(LocalAuthority.file(directory));
        PrivateFile.write(LocalAuthority.file(directory), text.substring(0, text.length() / 2));
        assertThatThrownBy(() -> LocalCertificates.open(directory, NAMES, clock))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("put back a copy, or remove it");
    }

    @Test
    void source_tellsOfANewCertificate() throws Exception {
        AtomicReference<LocalNames> now = new AtomicReference<>(NAMES);
        BlockingQueue<List<CertificateBundle>> told = new LinkedBlockingQueue<>();
        try (LocalSource source = LocalSource.open(directory, () -> Objects.requireNonNull(now.get()), clock)) {
            now.set(new LocalNames(NAMES.wanted(), List.of("10.9.8.7")));
            source.start(told::add);

            List<CertificateBundle> renewed = told.poll(30, TimeUnit.SECONDS);
            assertThat(renewed).hasSize(1).isNotEqualTo(source.first());
            assertThat(names(renewed.get(0).chain().get(0))).containsExactlyInAnyOrder("gpu.lab", "10.9.8.7");
        }
    }

    @Test
    void failureToRenew_isCountedAndTheOldOneStays() throws Exception {
        AtomicReference<LocalNames> now = new AtomicReference<>(NAMES);
        try (LocalSource source = LocalSource.open(directory, () -> Objects.requireNonNull(now.get()), clock)) {
            CertificateBundle before = source.first().get(0);
            now.set(new LocalNames(List.of("gpu.example.org"), List.of()));

            assertThat(source.look()).isPositive();
            assertThat(source.failures()).isEqualTo(1);
            assertThat(LocalCertificates.open(directory, NAMES, clock).current())
                    .isEqualTo(before);
        }
    }

    @Test
    void realm_coversItsOwnAndWhatIsBelow() throws Exception {
        Realm realm =
                LocalCertificates.open(directory, NAMES, clock).authority().realm();

        assertThat(realm).isEqualTo(Realm.of(NAMES));
        assertThat(Stream.of("gpu.lab", "a.gpu.lab", "*.lab", "x.local", "10.1.2.3", "2001:db8:0:1::5", "fd00::1"))
                .allMatch(realm::covers);
        assertThat(Stream.of("lab.org", "xlab", "*.org", "example.org", "8.8.8.8", "2001:db8:0:2::5"))
                .noneMatch(realm::covers);
    }

    private static List<String> names(X509Certificate certificate) throws Exception {
        Collection<List<?>> all = certificate.getSubjectAlternativeNames();
        return all.stream().map(one -> String.valueOf(one.get(1))).toList();
    }

    private static String mode(Path path) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
