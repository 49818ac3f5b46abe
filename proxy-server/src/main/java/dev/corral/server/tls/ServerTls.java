package dev.corral.server.tls;

import dev.corral.core.ListenerSettings.Kind;
import dev.corral.core.spi.AddressText;
import dev.corral.core.spi.NanoClock;
import dev.corral.core.tls.TlsContexts;
import dev.corral.core.tls.TlsException;
import dev.corral.core.tls.TlsSettings;
import dev.corral.server.config.AcmeSettings;
import dev.corral.server.config.CorralConfig;
import dev.corral.server.config.TlsConfig;
import dev.corral.server.config.TlsConfig.ClientCertificates;
import dev.corral.server.tls.acme.AcmeSource;
import dev.corral.server.tls.local.LocalSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** TLS towards clients as the configuration wants it: the contexts and who keeps certificates in them. */
public final class ServerTls implements AutoCloseable {
    private final TlsContexts contexts;
    private final CertificateKeeper keeper;
    private final @Nullable ClientAuthorities authorities;
    private final NanoClock clock;

    private ServerTls(
            TlsContexts contexts, CertificateKeeper keeper, @Nullable ClientAuthorities authorities, NanoClock clock) {
        this.clock = clock;
        this.contexts = contexts;
        this.keeper = keeper;
        this.authorities = authorities;
    }

    /**
     * Reads the certificates; {@link #start} must follow.
     *
     * @return null where TLS is off
     * @throws PemException where a file is not what it should be
     * @throws TlsException where its certificate cannot be used
     * @throws IOException where what is kept of our own certificates cannot be read, or new ones not be made
     */
    public static @Nullable ServerTls open(CorralConfig all, NanoClock clock)
            throws PemException, TlsException, IOException {
        TlsConfig config = all.tls();
        if (!config.on()) {
            return null;
        }
        PemFile clientCa = clientCa(config);
        TlsContexts contexts = new TlsContexts(settings(config, clientCa));
        boolean opened = false;
        try {
            CertificateKeeper keeper = keeper(all, contexts, clock);
            keeper.load();
            opened = true;
            return new ServerTls(
                    contexts, keeper, clientCa == null ? null : new ClientAuthorities(clientCa, contexts), clock);
        } finally {
            if (!opened) {
                contexts.close();
            }
        }
    }

    private static CertificateKeeper keeper(CorralConfig all, TlsContexts contexts, NanoClock clock)
            throws IOException {
        TlsConfig config = all.tls();
        Path directory = directory(all);
        return switch (config.mode()) {
            case LOCAL -> {
                LocalSource source = LocalSource.open(directory, config.names(), publicHost(all), clock);
                yield new Renewed(
                        source,
                        contexts,
                        "; clients must trust the local authority (corral trust), whose SHA-256 is "
                                + source.authority().fingerprint());
            }
            case ACME -> {
                AcmeSettings acme = config.acme();
                AcmeSource source =
                        AcmeSource.open(acmeDirectory(all), acme, new AcmeAnswers(contexts), redirects(all), clock);
                yield new Renewed(
                        source, contexts, "; renewed by " + acme.directory().getHost());
            }
            case FILES, OFF -> new TlsFiles(config.certificates(), contexts, clock);
        };
    }

    /** Where the certificates are kept that Corral makes or asks for. */
    public static Path directory(CorralConfig config) {
        return config.stateDir().resolve("tls");
    }

    static Path acmeDirectory(CorralConfig config) {
        return directory(config).resolve("acme");
    }

    static List<String> publicHost(CorralConfig config) {
        String url = config.core().publicUrl();
        String host = url == null ? null : URI.create(url).getHost();
        if (host == null) {
            return List.of();
        }
        InetAddress address = AddressText.address(host.replaceAll("[\\[\\]]", ""));
        return List.of(address == null ? host.toLowerCase(Locale.ROOT) : address.getHostAddress());
    }

    // Nothing else answers on port 80.
    private static boolean redirects(CorralConfig config) {
        return config.core().listeners().stream().anyMatch(listener -> listener.kind() == Kind.REDIRECT);
    }

    /** How TLS is spoken; reads the file of client authorities. */
    static TlsSettings settings(TlsConfig config) throws PemException {
        return settings(config, clientCa(config));
    }

    private static TlsSettings settings(TlsConfig config, @Nullable PemFile clientCa) throws PemException {
        return new TlsSettings(
                config.provider(),
                true,
                config.clientCertificates() != ClientCertificates.OFF,
                clientCa == null ? List.of() : clientCa.certificates());
    }

    private static @Nullable PemFile clientCa(TlsConfig config) throws PemException {
        Path file = config.clientCa();
        return file == null ? null : PemFile.read(file);
    }

    /** Begins to look after the certificates. */
    public void start() {
        keeper.start();
        if (authorities != null) {
            authorities.start();
        }
    }

    /** For the data path. */
    public TlsContexts contexts() {
        return contexts;
    }

    /** What is in force, in words: names, ends, whose code. */
    public String summary() {
        List<X509Certificate> certificates = contexts.certificates();
        String validity = certificates.isEmpty()
                ? "no certificate yet, so no client can connect"
                : TlsText.validity(certificates, Instant.ofEpochMilli(clock.epochMillis()));
        return validity + " (" + contexts.provider() + ")" + keeper.remark();
    }

    public TlsCounts counts() {
        return new TlsCounts(
                contexts.succeeded(),
                contexts.failed(),
                keeper.failures() + (authorities == null ? 0 : authorities.failures()),
                contexts.certificates().stream()
                        .map(one -> new TlsCounts.Validity(
                                TlsText.name(one), TlsText.end(one).getEpochSecond()))
                        .toList());
    }

    @Override
    public void close() {
        keeper.close();
        if (authorities != null) {
            authorities.close();
        }
        contexts.close();
    }
}
