package dev.corral.server.cli;

import dev.corral.auth.key.CertificateName;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;

/** A client certificate by a name of it, or as a PEM file. */
final class CertificateText {
    private CertificateText() {}

    /** As {@link CertificateName} writes it. */
    static String parse(String text) throws CliException {
        if (text.startsWith("spki:") || text.startsWith("subject:") || text.startsWith("san:")) {
            String name = CertificateName.parse(text);
            if (name == null) {
                throw new CliException(
                        ExitCode.USAGE,
                        "CERTIFICATE: " + Words.quote(text) + " (expected: " + CertificateName.EXPECTED + ")");
            }
            return name;
        }
        byte[] pem = InputText.read(text);
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            return CertificateName.spki((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(pem)));
        } catch (CertificateException e) {
            throw new CliException(
                    ExitCode.BAD_DATA,
                    InputText.shown(text) + " has no certificate (expected: PEM that begins with"
                            + " -----BEGIN CERTIFICATE-----, or " + CertificateName.EXPECTED + ")");
        }
    }
}
