package dev.corral.server.tls.acme;

import java.io.Serial;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Why there is no certificate, in one sentence for the operator. */
final class AcmeFailure extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private static final int MAX = 600;

    private final @Nullable Instant retryAfter;

    AcmeFailure(String message, @Nullable Instant retryAfter, @Nullable Throwable cause) {
        super(clean(message), cause);
        this.retryAfter = retryAfter;
    }

    AcmeFailure(String message) {
        this(message, null, null);
    }

    /** Before when the authority does not want to be asked again; null where it has not said. */
    @Nullable
    Instant retryAfter() {
        return retryAfter;
    }

    // The authority's words, in which may be what a stranger's server has answered to it.
    private static String clean(String text) {
        StringBuilder clean = new StringBuilder();
        text.codePoints()
                .limit(MAX)
                .forEach(c -> clean.appendCodePoint(Character.isISOControl(c) || !Character.isDefined(c) ? ' ' : c));
        return clean.toString();
    }
}
