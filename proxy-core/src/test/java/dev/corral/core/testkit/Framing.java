package dev.corral.core.testkit;

/** How the end of a message body is told. */
public enum Framing {
    /** There is no body. */
    NONE,
    LENGTH,
    CHUNKED,
    /** Ends where the connection does; responses only. */
    UNTIL_CLOSE
}
