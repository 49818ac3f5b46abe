package dev.corral.server.tls.acme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.core.tls.CertificateBundle;
import dev.corral.server.tls.store.KeyPairs;
import dev.corral.server.tls.store.PrivateFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AcmeStoreTest {
    private static final URI ONE = URI.create("https://acme.example.org/directory");
    private static final URI OTHER = URI.create("https://acme.example.org/staging");
    private static final Instant NOW = Instant.parse("2026-11-23T08:00:00Z");

    @TempDir
    Path directory;

    @Test
    void everything_isFoundAgain() throws Exception {
        AcmeStore store = new AcmeStore(directory, ONE);
        KeyPair account = store.accountKey();
        CertificateBundle bundle = bundle();
        Attempts attempts = new Attempts(3, NOW, NOW.plusSeconds(60));
        store.certificate(bundle);
        store.attempts(attempts);

        AcmeStore again = new AcmeStore(directory, ONE);
        assertThat(again.accountKey().getPrivate()).isEqualTo(account.getPrivate());
        assertThat(again.certificate()).isEqualTo(bundle);
        assertThat(again.attempts()).isEqualTo(attempts);
    }

    @Test
    void authoritiesOfOneHost_areKeptApart() throws Exception {
        new AcmeStore(directory, ONE).certificate(bundle());

        assertThat(new AcmeStore(directory, OTHER).certificate()).isNull();
        assertThat(new AcmeStore(directory, OTHER).accountKey().getPublic())
                .isNotEqualTo(new AcmeStore(directory, ONE).accountKey().getPublic());
    }

    @Test
    void damagedFiles_areForgottenButForTheAccount() throws Exception {
        AcmeStore store = new AcmeStore(directory, ONE);
        store.accountKey();
        store.certificate(bundle());
        store.attempts(Attempts.NONE.begun(NOW));
        for (Path file : files()) {
            String text = Files.readString(file);
            PrivateFile.write(file, text.substring(0, text.length() / 2));
        }

        assertThat(store.certificate()).isNull();
        assertThat(store.attempts()).isEqualTo(Attempts.NONE);
        // A new one would be another customer for the authority.
        assertThatThrownBy(store::accountKey)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("account.pem")
                .hasMessageContaining("put back a copy, or remove it");
    }

    @Test
    void keyOfAnotherCertificate_isNotUsed() throws Exception {
        AcmeStore store = new AcmeStore(directory, ONE);
        CertificateBundle bundle = bundle();
        store.certificate(
                new CertificateBundle(bundle.chain(), KeyPairs.generate().getPrivate()));

        assertThat(store.certificate()).isNull();
    }

    @Test
    void retryAfter_isKeptToWithinReason() {
        Attempts failed = Attempts.NONE.begun(NOW);

        assertThat(Attempts.NONE.next(0, true)).isEqualTo(Instant.MIN);
        assertThat(failed.next(0, false)).isEqualTo(NOW.plus(Duration.ofMinutes(1)));
        assertThat(failed.next(1, false)).isEqualTo(NOW.plusSeconds(69));
        assertThat(failed.asked(NOW.plusSeconds(5)).next(0, false)).isEqualTo(NOW.plus(Duration.ofMinutes(1)));
        assertThat(failed.asked(NOW.plusSeconds(500)).next(0, false)).isEqualTo(NOW.plusSeconds(500));
        assertThat(failed.asked(NOW.plus(Duration.ofDays(400))).next(0, false)).isEqualTo(NOW.plus(Duration.ofDays(8)));
        assertThat(new Attempts(99, NOW, null).next(0, false)).isEqualTo(NOW.plus(Duration.ofHours(12)));
        assertThat(new Attempts(99, NOW, null).next(0, true)).isEqualTo(NOW.plus(Duration.ofMinutes(15)));
    }

    private static CertificateBundle bundle() throws Exception {
        KeyPair keys = KeyPairs.generate();
        TestCa ca = new TestCa(NOW);
        return new CertificateBundle(
                List.of(
                        ca.leaf(keys.getPublic(), List.of("gpu.example.org"), NOW, NOW.plus(Duration.ofDays(90))),
                        ca.intermediate),
                keys.getPrivate());
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }
}
