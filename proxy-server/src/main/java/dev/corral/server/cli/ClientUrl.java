package dev.corral.server.cli;

import dev.corral.server.config.CorralConfig;
import dev.corral.server.config.TlsConfig;
import dev.corral.server.tls.local.Machine;
import dev.corral.server.wiring.Listening;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * What clients call a Corral by, as far as its configuration tells.
 *
 * @param text without a slash at the end
 * @param guessed whether the host is only what this machine calls itself
 */
record ClientUrl(String text, boolean guessed) {
    /**
     * Of the Corral with this configuration.
     *
     * @param listen where it listens
     */
    static ClientUrl of(CorralConfig config, InetSocketAddress listen) {
        String publicUrl = config.core().publicUrl();
        if (publicUrl != null) {
            return new ClientUrl(
                    publicUrl.endsWith("/") ? publicUrl.substring(0, publicUrl.length() - 1) : publicUrl, false);
        }
        TlsConfig tls = config.tls();
        // No public authority signs for an address, so there the domain is right wherever Corral listens.
        if (!listen.getAddress().isAnyLocalAddress() && tls.mode() != TlsConfig.Mode.ACME) {
            return new ClientUrl(Listening.url(listen, tls.on()), false);
        }
        List<String> names = switch (tls.mode()) {
            case LOCAL -> tls.names();
            case ACME -> tls.acme().domains();
            case OFF, FILES -> List.of();
        };
        String host = names.stream()
                .filter(name -> !name.startsWith("*."))
                .findFirst()
                .orElse("");
        return new ClientUrl(
                (tls.on() ? "https://" : "http://") + bracketed(host.isEmpty() ? Machine.name() : host) + ":"
                        + listen.getPort(),
                host.isEmpty());
    }

    private static String bracketed(String host) {
        return host.indexOf(':') < 0 ? host : "[" + host + "]";
    }
}
