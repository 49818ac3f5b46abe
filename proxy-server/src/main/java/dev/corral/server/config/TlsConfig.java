package dev.corral.server.config;

import dev.corral.core.tls.TlsSettings;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether and how clients are spoken to in TLS.
 *
 * @param mode where the certificates come from
 * @param certificates the files, where that is {@link Mode#FILES}
 * @param names by what clients call this machine, where that is {@link Mode#LOCAL}; empty for what it calls itself
 * @param acme where from, where that is {@link Mode#ACME}
 * @param provider whose code does it
 * @param clientCertificates whether clients are asked for certificates of their own
 * @param clientCa a file with the certificates of who may have issued them; absolute; null for nobody
 */
public record TlsConfig(
        Mode mode,
        List<Pair> certificates,
        List<String> names,
        AcmeSettings acme,
        TlsSettings.Provider provider,
        ClientCertificates clientCertificates,
        @Nullable Path clientCa) {
    /** Where certificates come from. */
    public enum Mode {
        /** There are none: HTTP as it is. */
        OFF,
        FILES,
        /** An authority of our own. */
        LOCAL,
        /** A public authority. */
        ACME
    }

    /** Whether clients are asked. */
    public enum ClientCertificates {
        OFF,
        /** A client without one goes on, and needs another credential. */
        OPTIONAL
    }

    /**
     * A certificate and its key, as PEM; absolute paths, which may be the same.
     *
     * @param certificate the certificate itself first, then those that lead to the root
     */
    public record Pair(Path certificate, Path key) {}

    /** HTTP as it is. */
    public static final TlsConfig OFF = new TlsConfig(
            Mode.OFF,
            List.of(),
            List.of(),
            AcmeSettings.DEFAULTS,
            TlsSettings.Provider.AUTO,
            ClientCertificates.OFF,
            null);

    public TlsConfig {
        certificates = List.copyOf(certificates);
        names = List.copyOf(names);
    }

    /** Whether the listener speaks TLS. */
    public boolean on() {
        return mode != Mode.OFF;
    }
}
