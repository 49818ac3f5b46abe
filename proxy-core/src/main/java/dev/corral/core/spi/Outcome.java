package dev.corral.core.spi;

import java.util.Locale;

/** How an exchange ended. */
public enum Outcome {
    /** Request and response passed whole. */
    COMPLETED,
    /** Corral gave the answer itself, as it should: liveness, preflight, help. */
    ANSWERED,
    /** Corral refused, before or after authentication. */
    REFUSED,
    /** The client left first. */
    CLIENT_GONE,
    /** The upstream failed, or broke off its response. */
    UPSTREAM_FAILED,
    /** A deadline passed. */
    TIMED_OUT,
    /** Corral broke it off: shutdown or a bug of its own. */
    ABORTED;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The word used in metrics and logs. */
    public String label() {
        return label;
    }
}
