package dev.corral.server.tls;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.corral.core.testkit.TestCertificates;
import dev.corral.core.tls.TlsContexts;
import dev.corral.core.tls.TlsException;
import dev.corral.core.tls.TlsSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file of authorities that changes; what follows in handshakes is shown where these are. */
class ClientAuthoritiesTest {
    private static final X509Certificate ONE = TestCertificates.authority("one").certificate();
    private static final X509Certificate OTHER =
            TestCertificates.authority("other").certificate();

    @TempDir
    Path directory;

    private final TlsContexts contexts =
            new TlsContexts(new TlsSettings(TlsSettings.Provider.JDK, false, true, List.of(ONE)));
    private Path file;
    private ClientAuthorities authorities;

    @BeforeEach
    void begin() throws IOException, PemException, TlsException {
        contexts.replace(List.of(TestCertificates.authority("ca").server("gpu.lab")));
        file = directory.resolve("clients-ca.pem");
        write(ONE);
        authorities = new ClientAuthorities(PemFile.read(file), contexts);
    }

    @AfterEach
    void end() {
        authorities.close();
        contexts.close();
    }

    private void write(X509Certificate... certificates) throws IOException {
        StringBuilder text = new StringBuilder();
        for (X509Certificate certificate : certificates) {
            try {
                text.append(PemPair.pem("CERTIFICATE", certificate.getEncoded()));
            } catch (CertificateEncodingException e) {
                throw new AssertionError(e);
            }
        }
        Files.writeString(file, text.toString());
    }

    private void looks(int times) {
        for (int i = 0; i < times; i++) {
            authorities.look();
        }
    }

    @Test
    void changedFile_isInForceAtTheSecondLook() throws IOException {
        looks(3);
        assertThat(contexts.clientAuthorities()).containsExactly(ONE);
        write(OTHER, ONE);
        looks(1);
        assertThat(contexts.clientAuthorities()).containsExactly(ONE);
        looks(1);
        assertThat(contexts.clientAuthorities()).containsExactly(OTHER, ONE);
        write(OTHER);
        looks(2);
        assertThat(contexts.clientAuthorities()).containsExactly(OTHER);
        assertThat(authorities.failures()).isZero();
    }

    @Test
    void numberOfAuthorities_isSaidInWords() throws IOException {
        try (LogLines log = new LogLines(ClientAuthorities.class)) {
            write(OTHER, ONE);
            looks(2);
            write(OTHER);
            looks(2);
            assertThat(log.of(Level.INFO)).hasSize(2);
            assertThat(log.of(Level.INFO).get(0)).endsWith("issued by one of its 2 authorities");
            assertThat(log.of(Level.INFO).get(1)).endsWith("issued by its authority");
        }
    }

    @Test
    void fileThatCannotBeUsed_changesNothingAndIsToldOnce() throws IOException {
        try (LogLines log = new LogLines(ClientAuthorities.class)) {
            for (String bad :
                    List.of("", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")) {
                Files.writeString(file, bad);
                looks(4);
            }
            assertThat(authorities.failures()).isEqualTo(3);
            Files.delete(file);
            looks(4);
            assertThat(contexts.clientAuthorities()).containsExactly(ONE);
            assertThat(log.of(Level.ERROR))
                    .hasSize(4)
                    .allSatisfy(line -> assertThat(line)
                            .startsWith("tls.client-ca has changed")
                            .contains(file.toString()));
        }
        write(OTHER);
        looks(2);
        assertThat(contexts.clientAuthorities()).containsExactly(OTHER);
    }
}
