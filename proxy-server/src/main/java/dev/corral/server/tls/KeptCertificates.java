package dev.corral.server.tls;

import dev.corral.core.spi.NanoClock;
import dev.corral.core.tls.CertificateBundle;
import dev.corral.server.config.CorralConfig;
import dev.corral.server.tls.acme.AcmeSource;
import dev.corral.server.tls.acme.Domains;
import dev.corral.server.tls.local.LocalAuthority;
import dev.corral.server.tls.local.LocalSource;
import dev.corral.server.tls.store.Validity;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What there is of certificates that Corral makes or gets itself, for who only looks. Nothing where they come from files
 * of somebody else's.
 *
 * @param certificates in words, one line each
 * @param warnings what keeps clients from trusting them, or an authority from giving one
 */
public record KeptCertificates(List<String> certificates, List<String> warnings) {
    private static final int HTTPS = 443;

    public KeptCertificates {
        certificates = List.copyOf(certificates);
        warnings = List.copyOf(warnings);
    }

    /**
     * Looks. With ACME it asks name servers for the domains, and nobody else for anything.
     *
     * @throws IOException in one sentence for the operator, where Corral would not start
     */
    public static KeptCertificates of(CorralConfig config) throws IOException {
        return switch (config.tls().mode()) {
            case LOCAL -> local(config);
            case ACME -> acme(config);
            case FILES, OFF -> new KeptCertificates(List.of(), List.of());
        };
    }

    private static KeptCertificates local(CorralConfig config) throws IOException {
        Path directory = ServerTls.directory(config);
        LocalAuthority authority = LocalAuthority.load(directory);
        if (authority == null) {
            return new KeptCertificates(
                    List.of("no local authority yet; the first start makes one in " + directory), List.of());
        }
        LocalSource.check(directory, config.tls().names(), ServerTls.publicHost(config), NanoClock.SYSTEM);
        CertificateBundle kept = LocalSource.kept(directory);
        // That of the server is made anew where its dates are wrong.
        return new KeptCertificates(
                List.of(
                        "the local authority " + authority.name() + ", SHA-256 " + authority.fingerprint(),
                        words(kept, "made by the next start")),
                dates(LocalAuthority.file(directory).toString(), authority.certificate()));
    }

    private static KeptCertificates acme(CorralConfig config) throws IOException {
        CertificateBundle kept =
                AcmeSource.kept(ServerTls.acmeDirectory(config), config.tls().acme());
        List<String> lines = new ArrayList<>();
        lines.add(words(kept, config.tls().acme().directory().getHost() + " is asked for one by the next start"));
        int port = config.core().listen().getPort();
        if (port != HTTPS) {
            lines.add("the authority connects to port 443, so that must lead to port " + port + " here");
        }
        List<String> warnings = new ArrayList<>(Domains.warnings(config.tls().acme()));
        if (kept != null) {
            warnings.addAll(dates("the certificate in force", kept.chain().get(0)));
        }
        return new KeptCertificates(lines, warnings);
    }

    private static List<String> dates(String whose, X509Certificate certificate) {
        String remark = Validity.remark(certificate, Instant.ofEpochMilli(NanoClock.SYSTEM.epochMillis()));
        return remark == null ? List.of() : List.of(whose + ": " + remark);
    }

    private static String words(@Nullable CertificateBundle kept, String none) {
        return kept == null
                ? "none yet; " + none
                : TlsText.validity(kept.chain().subList(0, 1), Instant.ofEpochMilli(NanoClock.SYSTEM.epochMillis()));
    }
}
