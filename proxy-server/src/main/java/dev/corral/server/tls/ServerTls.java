package dev.corral.server.tls;

import dev.corral.core.spi.NanoClock;
import dev.corral.core.tls.TlsContexts;
import dev.corral.core.tls.TlsException;
import dev.corral.core.tls.TlsSettings;
import dev.corral.server.config.TlsConfig;
import dev.corral.server.config.TlsConfig.ClientCertificates;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** TLS towards clients as the configuration wants it: the contexts and who keeps certificates in them. */
public final class ServerTls implements AutoCloseable {
    private final TlsContexts contexts;
    private final TlsFiles files;

    private ServerTls(TlsContexts contexts, TlsFiles files) {
        this.contexts = contexts;
        this.files = files;
    }

    /**
     * Reads the certificates; {@link #start} must follow.
     *
     * @return null where TLS is off
     * @throws PemException where a file is not what it should be
     * @throws TlsException where its certificate cannot be used
     */
    public static @Nullable ServerTls open(TlsConfig config, NanoClock clock) throws PemException, TlsException {
        if (!config.on()) {
            return null;
        }
        TlsContexts contexts = new TlsContexts(settings(config));
        boolean opened = false;
        try {
            TlsFiles files = new TlsFiles(config.certificates(), contexts, clock);
            files.load();
            opened = true;
            return new ServerTls(contexts, files);
        } finally {
            if (!opened) {
                contexts.close();
            }
        }
    }

    /** How TLS is spoken; reads the file of client authorities. */
    static TlsSettings settings(TlsConfig config) throws PemException {
        Path ca = config.clientCa();
        List<X509Certificate> authorities =
                ca == null ? List.of() : PemFile.read(ca).certificates();
        return new TlsSettings(
                config.provider(), false, config.clientCertificates() != ClientCertificates.OFF, authorities);
    }

    /** Begins to look after the certificates. */
    public void start() {
        files.start();
    }

    /** For the data path. */
    public TlsContexts contexts() {
        return contexts;
    }

    /** What is in force, in words: names, ends, whose code. */
    public String summary() {
        return TlsText.validity(contexts.certificates()) + " (" + contexts.provider() + ")";
    }

    public TlsCounts counts() {
        return new TlsCounts(
                contexts.succeeded(),
                contexts.failed(),
                files.failures(),
                contexts.certificates().stream()
                        .map(one -> new TlsCounts.Validity(
                                TlsText.name(one), TlsText.end(one).getEpochSecond()))
                        .toList());
    }

    @Override
    public void close() {
        files.close();
        contexts.close();
    }
}
