package dev.corral.core.testkit;

/**
 * How and when a connection ended.
 *
 * @param kind how
 * @param nanos when it was noticed, on {@link System#nanoTime}
 */
public record Closing(Kind kind, long nanos) {
    /** How a connection ended. */
    public enum Kind {
        /** The peer sent its FIN. */
        FIN,
        /** The peer sent an RST. */
        RST,
        /** This side closed it. */
        LOCAL
    }
}
