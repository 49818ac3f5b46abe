package dev.corral.core.exchange;

/** How a client's connection goes on after the exchange in flight. */
enum Fate {
    KEEP,
    CLOSE,
    /** Cut, after what was written. */
    ABORT,
    /** Cut with a reset: an orderly end would look like the end of the response. */
    RESET,
    /** Cut at once: nobody takes what was written. */
    CUT,
    /** Nothing is read any more. */
    CLOSING
}
