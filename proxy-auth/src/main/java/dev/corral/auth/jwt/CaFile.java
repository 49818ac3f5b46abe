package dev.corral.auth.jwt;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * A PEM file with the authorities that vouch for an issuer's server, and no others do. Read each time that it is asked for,
 * so that it can be exchanged. Blocks; one thread at a time.
 */
public final class CaFile {
    private static final int MAX_BYTES = 1 << 20;

    private final Path path;
    private byte[] content = new byte[0];
    private @Nullable SSLContext context;

    CaFile(Path path) {
        this.path = path;
    }

    /** What is wrong now with the files that issuers name, one sentence each; none where nothing is. */
    public static List<String> problems(List<JwtIssuer> issuers) {
        List<String> problems = new ArrayList<>();
        for (JwtIssuer issuer : issuers) {
            Path file = issuer.caFile();
            if (file != null) {
                try {
                    new CaFile(file).context();
                } catch (IssuerException e) {
                    problems.add("auth.jwt: " + issuer.issuer() + ": " + e.getMessage());
                }
            }
        }
        return problems;
    }

    /**
     * Trusts whom the file names; the same object for as long as the file holds the same.
     *
     * @throws IssuerException if it cannot be read or names nobody
     */
    SSLContext context() throws IssuerException {
        byte[] now = read();
        SSLContext present = context;
        if (present == null || !Arrays.equals(now, content)) {
            present = trusting(now);
            context = present;
            content = now;
        }
        return present;
    }

    private byte[] read() throws IssuerException {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw trouble("is longer than 1 MiB");
            }
            return bytes;
        } catch (NoSuchFileException e) {
            throw trouble("does not exist");
        } catch (AccessDeniedException e) {
            throw trouble("must not be read by the user that Corral runs as");
        } catch (IOException e) {
            throw trouble("cannot be read (" + e.getClass().getSimpleName() + ")");
        }
    }

    private SSLContext trusting(byte[] pem) throws IssuerException {
        try {
            Collection<? extends Certificate> all =
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem));
            if (all.isEmpty()) {
                throw trouble("holds no certificate");
            }
            KeyStore authorities = KeyStore.getInstance("PKCS12");
            authorities.load(null, null);
            int number = 0;
            for (Certificate one : all) {
                authorities.setCertificateEntry("ca-" + number++, one);
            }
            TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
            managers.init(authorities);
            SSLContext made = SSLContext.getInstance("TLS");
            made.init(null, managers.getTrustManagers(), null);
            return made;
        } catch (CertificateException e) {
            throw trouble("holds no certificate that can be read");
        } catch (GeneralSecurityException | IOException e) {
            throw trouble("cannot be used (" + e.getClass().getSimpleName() + ")");
        }
    }

    private IssuerException trouble(String what) {
        return new IssuerException("ca-file: " + path + " " + what + " (expected: certificates in PEM)");
    }
}
