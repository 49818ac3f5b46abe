package dev.corral.server.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How certificates are got from a public authority.
 *
 * @param domains host names to have in the certificate, the first of which is its main one
 * @param email whom the authority may write to; null for nobody
 * @param directory where the authority begins
 * @param caFile whom to trust when talking to it, in PEM; null for those that Java trusts
 * @param agreeTerms whether the operator has agreed to the authority's terms
 * @param challenge how to prove that the names are ours
 * @param renewBefore how long before its end the certificate is renewed; null for a third of its life
 */
public record AcmeSettings(
        List<String> domains,
        @Nullable String email,
        URI directory,
        @Nullable Path caFile,
        boolean agreeTerms,
        Challenge challenge,
        @Nullable Duration renewBefore) {
    /** The authority that everybody may use. */
    public static final URI LETS_ENCRYPT = URI.create("https://acme-v02.api.letsencrypt.org/directory");

    /** The same for trying things out: what it signs nobody trusts, and its limits are far away. */
    public static final URI LETS_ENCRYPT_STAGING = URI.create("https://acme-staging-v02.api.letsencrypt.org/directory");

    public static final AcmeSettings DEFAULTS =
            new AcmeSettings(List.of(), null, LETS_ENCRYPT, null, false, Challenge.AUTO, null);

    public AcmeSettings {
        domains = List.copyOf(domains);
    }

    /** How to prove that a name is ours. */
    public enum Challenge {
        /** One of the others, in turns where it fails. */
        AUTO,
        /** In a TLS handshake on port 443 (RFC 8737). */
        TLS_ALPN,
        /** By a file on port 80 (RFC 8555 section 8.3). */
        HTTP;

        private final String label = name().toLowerCase(Locale.ROOT).replace('_', '-');

        /** The word used in the configuration. */
        public String label() {
            return label;
        }
    }
}
