package dev.corral.server.tls.store;

import java.security.cert.X509Certificate;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the dates of a certificate mean to clients. */
public final class Validity {
    private Validity() {}

    /** Why clients refuse it now, as in {@code has expired at …: clients refuse it}; null where they do not. */
    public static @Nullable String remark(X509Certificate certificate, Instant now) {
        Instant from = certificate.getNotBefore().toInstant();
        Instant until = certificate.getNotAfter().toInstant();
        if (!until.isAfter(now)) {
            return "has expired at " + until + ": clients refuse it";
        }
        return from.isAfter(now) ? "is not valid before " + from + ": clients refuse it until then" : null;
    }
}
