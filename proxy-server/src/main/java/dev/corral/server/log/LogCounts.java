package dev.corral.server.log;

/**
 * How a log fared since the start.
 *
 * @param lines written whole
 * @param dropped lost because the queue was full or the disk refused
 */
public record LogCounts(long lines, long dropped) {
    /** Of a log that is switched off. */
    public static final LogCounts NONE = new LogCounts(0, 0);
}
