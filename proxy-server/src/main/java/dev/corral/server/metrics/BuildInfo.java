package dev.corral.server.metrics;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * Which build this is.
 *
 * @param version of the project, such as {@code 0.1.0}
 * @param revision of the source, abbreviated hexadecimal; {@code unknown} where the build was not told
 * @param java the running Java, such as {@code 17.0.15}
 */
public record BuildInfo(String version, String revision, String java) {
    static final String UNKNOWN = "unknown";

    /** Reads what the build wrote into the jar. */
    public static BuildInfo load() {
        Properties properties = new Properties();
        try (InputStream in = BuildInfo.class.getResourceAsStream("/dev/corral/server/build.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("build.properties of the jar (expected: readable)", e);
        }
        return new BuildInfo(
                known(properties.getProperty("version", UNKNOWN)),
                known(properties.getProperty("revision", UNKNOWN)),
                Runtime.version().toString());
    }

    /** A placeholder that the build did not fill in is no value. */
    static String known(String value) {
        return value.matches("[0-9A-Za-z][0-9A-Za-z.+_-]{0,63}") ? value : UNKNOWN;
    }
}
