package dev.corral.server.tls;

import dev.corral.core.spi.NanoClock;
import dev.corral.core.tls.CertificateBundle;
import dev.corral.server.config.CorralConfig;
import dev.corral.server.tls.acme.AcmeSource;
import dev.corral.server.tls.local.LocalAuthority;
import dev.corral.server.tls.local.LocalSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What there is of certificates that Corral makes or gets itself, for who only looks. */
public final class KeptCertificates {
    private static final int HTTPS = 443;

    private KeptCertificates() {}

    /**
     * In words, one line each; none where certificates come from files of somebody else's.
     *
     * @throws IOException in one sentence for the operator, where Corral would not start
     */
    public static List<String> of(CorralConfig config) throws IOException {
        return switch (config.tls().mode()) {
            case LOCAL -> local(config);
            case ACME -> acme(config);
            case FILES, OFF -> List.of();
        };
    }

    private static List<String> local(CorralConfig config) throws IOException {
        Path directory = ServerTls.directory(config);
        LocalAuthority authority = LocalAuthority.load(directory);
        if (authority == null) {
            return List.of("no local authority yet; the first start makes one in " + directory);
        }
        LocalSource.check(directory, config.tls().names(), ServerTls.publicHost(config), NanoClock.SYSTEM);
        return List.of(
                "the local authority " + authority.name() + ", SHA-256 " + authority.fingerprint(),
                words(LocalSource.kept(directory), "made by the next start"));
    }

    private static List<String> acme(CorralConfig config) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(words(
                AcmeSource.kept(ServerTls.acmeDirectory(config), config.tls().acme()),
                config.tls().acme().directory().getHost() + " is asked for one by the next start"));
        int port = config.core().listen().getPort();
        if (port != HTTPS) {
            lines.add("the authority connects to port 443, so that must lead to port " + port + " here");
        }
        return lines;
    }

    private static String words(@Nullable CertificateBundle kept, String none) {
        return kept == null
                ? "none yet; " + none
                : TlsText.validity(kept.chain().subList(0, 1));
    }
}
