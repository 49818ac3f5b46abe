package dev.corral.server.cli;

/** What the program returns to its caller, as in BSD's sysexits.h. */
final class ExitCode {
    static final int OK = 0;
    /** The command line is wrong. */
    static final int USAGE = 64;
    /** The key file or the usage is wrong. */
    static final int BAD_DATA = 65;
    /** An address cannot be listened on. */
    static final int UNAVAILABLE = 69;
    /** A bug. */
    static final int SOFTWARE = 70;
    /** A file, a directory or a key cannot be made. */
    static final int CANNOT_CREATE = 73;
    /** Reading or writing failed. */
    static final int IO = 74;
    /** The configuration is wrong. */
    static final int CONFIG = 78;

    private ExitCode() {}
}
