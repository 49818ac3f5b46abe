package dev.corral.server.config;

import java.nio.file.Path;

/**
 * What is written down.
 *
 * @param level of the program's own messages on standard error
 * @param access one line per exchange
 * @param audit one line per refusal and per change of keys
 */
public record LogSettings(LogLevel level, LogFileSettings access, LogFileSettings audit) {
    /** The defaults for logs in this directory. */
    public static LogSettings defaults(Path directory) {
        return new LogSettings(
                LogLevel.INFO,
                LogFileSettings.defaults(directory.resolve("access.log")),
                LogFileSettings.defaults(directory.resolve("audit.log")));
    }
}
