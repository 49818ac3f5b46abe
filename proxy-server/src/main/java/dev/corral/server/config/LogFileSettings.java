package dev.corral.server.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One log that is written line by line and rotated.
 *
 * @param file absolute; null for standard output, which is not rotated
 * @param maxBytes a file that has reached this is set aside
 * @param keep how many files set aside are kept
 * @param enabled false to write nothing
 */
public record LogFileSettings(@Nullable Path file, long maxBytes, int keep, boolean enabled) {
    /** The defaults for a log in this file. */
    public static LogFileSettings defaults(Path file) {
        return new LogFileSettings(file, 100L << 20, 5, true);
    }
}
