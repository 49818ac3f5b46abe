package dev.corral.server.config;

/**
 * One thing that is wrong, or dangerous, in the configuration.
 *
 * @param path the setting, such as {@code timeouts.connect}, the option, such as {@code --listen}, or the file's name
 * @param line in the file, from 1; 0 where there is none
 * @param message the value and what was expected; free of control characters
 */
public record Problem(String path, int line, String message) {
    /** For people: {@code timeouts.connect (line 12): "2x" (expected: a duration such as 10s, 5m, 12h)}. */
    @Override
    public String toString() {
        return path + (line > 0 ? " (line " + line + ")" : "") + ": " + message;
    }
}
