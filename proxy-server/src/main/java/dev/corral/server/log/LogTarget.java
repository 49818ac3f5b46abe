package dev.corral.server.log;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a log goes.
 *
 * @param file null for standard output
 * @param maxBytes size at which a new file is begun
 * @param keep how many older files are kept, as {@code file.1} (the newest) to {@code file.keep}
 */
public record LogTarget(@Nullable Path file, long maxBytes, int keep) {
    public LogTarget {
        if (maxBytes < JsonLine.MAX_BYTES || keep < 0) {
            throw new IllegalArgumentException("log max-size %d, keep %d (expected: at least %d bytes, keep 0 or more)"
                    .formatted(maxBytes, keep, JsonLine.MAX_BYTES));
        }
    }

    /** From the configuration's {@code file}: a path, or {@code -} for standard output. */
    public static LogTarget of(String file, long maxBytes, int keep) {
        return new LogTarget(file.equals("-") ? null : Path.of(file), maxBytes, keep);
    }
}
