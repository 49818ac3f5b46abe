package dev.corral.server.tls;

import java.util.List;

/**
 * A moment's look at TLS, for metrics.
 *
 * @param succeeded handshakes that were completed
 * @param failed connections that ended before
 * @param reloadFailures changed certificates, or authorities of clients, that could not be used
 * @param certificates those in force
 */
public record TlsCounts(long succeeded, long failed, long reloadFailures, List<Validity> certificates) {
    /** TLS is not spoken. */
    public static final TlsCounts NONE = new TlsCounts(0, 0, 0, List.of());

    /**
     * Until when a certificate is valid.
     *
     * @param name its first host name
     * @param endsAt in seconds since 1970
     */
    public record Validity(String name, long endsAt) {}

    public TlsCounts {
        certificates = List.copyOf(certificates);
    }
}
