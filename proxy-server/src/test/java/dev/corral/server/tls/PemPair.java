package dev.corral.server.tls;

import dev.corral.core.tls.CertificateBundle;
import dev.corral.server.config.TlsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;

/** Writes certificates and keys as tools do. */
final class PemPair {
    private PemPair() {}

    static TlsConfig.Pair write(Path directory, String name, CertificateBundle bundle) throws IOException {
        Path certificate = directory.resolve(name + ".pem");
        Path key = directory.resolve(name + "-key.pem");
        StringBuilder chain = new StringBuilder("Bag Attributes\n    friendlyName: test\n");
        for (X509Certificate one : bundle.chain()) {
            chain.append(pem("CERTIFICATE", encoded(one)));
        }
        Files.writeString(certificate, chain.toString());
        Files.writeString(key, pem("PRIVATE KEY", bundle.key().getEncoded()));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        return new TlsConfig.Pair(certificate, key);
    }

    static String pem(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + label + "-----\n";
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new AssertionError(e);
        }
    }
}
