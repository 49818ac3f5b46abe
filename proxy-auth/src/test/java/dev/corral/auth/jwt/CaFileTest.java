package dev.corral.auth.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaFileTest {
    @TempDir
    private Path directory;

    private Path path;
    private CaFile file;

    @BeforeEach
    void write() throws IOException {
        path = Files.writeString(directory.resolve("ca.pem"), "# ours\n" + pem(0));
        file = new CaFile(path);
    }

    /** One of those that Java trusts: any certificate will do. */
    private static String pem(int number) {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init((KeyStore) null);
            X509Certificate one = ((X509TrustManager) factory.getTrustManagers()[0]).getAcceptedIssuers()[number];
            return "-----BEGIN CERTIFICATE-----\n"
                    + Base64.getMimeEncoder().encodeToString(one.getEncoded())
                    + "\n-----END CERTIFICATE-----\n";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void exchangedFile_isTrustedInPlaceOfTheOldOne() throws IOException, IssuerException {
        SSLContext first = file.context();
        assertThat(file.context()).isSameAs(first);
        Files.writeString(path, pem(1) + pem(2));
        SSLContext second = file.context();
        assertThat(second).isNotSameAs(first);
        assertThat(file.context()).isSameAs(second);
    }

    @Test
    void fileThatNamesNobody_isSaidWithItsNameAndWhatWasExpected() throws IOException {
        JwtIssuer issuer = issuer(path);
        assertThat(CaFile.problems(List.of(issuer, issuer(null)))).isEmpty();
        for (String bad : List.of("", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")) {
            Files.writeString(path, bad);
            assertThatThrownBy(file::context)
                    .isInstanceOf(IssuerException.class)
                    .hasMessageStartingWith("ca-file: " + path + " holds no certificate")
                    .hasMessageEndingWith("(expected: certificates in PEM)");
        }
        Files.delete(path);
        assertThat(CaFile.problems(List.of(issuer)))
                .containsExactly("auth.jwt: https://login.test: ca-file: " + path
                        + " does not exist (expected: certificates in PEM)");
    }

    private static JwtIssuer issuer(@Nullable Path caFile) {
        JwtIssuer defaults = JwtIssuer.DEFAULTS;
        return new JwtIssuer(
                Signed.ISSUER,
                Signed.AUDIENCE,
                null,
                caFile,
                defaults.algorithms(),
                defaults.clockSkew(),
                "roles",
                defaults.roles(),
                "user",
                "name",
                null,
                defaults.refresh(),
                defaults.keysMaxAge());
    }
}
