package dev.corral.server.connect;

import dev.corral.auth.key.AtomicFile;
import dev.corral.server.connect.ConnectException.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The certificates of private authorities, in PEM. */
public final class AuthorityFile {
    private static final int MAX_BYTES = 4 << 20;

    private AuthorityFile() {}

    /** All in the file, at least one. */
    public static List<X509Certificate> read(Path file) throws ConnectException {
        if (Files.isDirectory(file)) {
            throw new ConnectException(
                    Reason.IO, "--ca-file: " + file + " is a directory (expected: a file of certificates in PEM)");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES);
            List<? extends Certificate> all = List.copyOf(
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(bytes)));
            if (all.isEmpty()) {
                throw notPem(file, null);
            }
            return all.stream().map(X509Certificate.class::cast).toList();
        } catch (CertificateException e) {
            throw notPem(file, e);
        } catch (NoSuchFileException e) {
            throw new ConnectException(Reason.IO, "--ca-file: " + file + " does not exist", e);
        } catch (IOException e) {
            throw new ConnectException(
                    Reason.IO, "--ca-file: " + file + " cannot be read (" + AtomicFile.reason(e) + ")", e);
        }
    }

    private static ConnectException notPem(Path file, @Nullable Throwable cause) {
        return new ConnectException(
                Reason.BAD_FILE,
                "--ca-file: " + file + " holds no certificate (expected: PEM, as \"corral trust --pem\" prints it)",
                cause);
    }
}
