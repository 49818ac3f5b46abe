package dev.corral.core.exchange;

/** How far one direction of an exchange is. */
enum Half {
    /** More is to come. */
    OPEN,
    /** Ended as it should. */
    DONE,
    /** Ended otherwise. */
    BROKEN
}
