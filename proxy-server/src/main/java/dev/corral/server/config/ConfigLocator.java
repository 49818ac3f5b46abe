package dev.corral.server.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the configuration file. */
public final class ConfigLocator {
    /** Names the file instead of looking for it. */
    public static final String VARIABLE = "CORRAL_CONFIG";

    private final Environment environment;

    public ConfigLocator(Environment environment) {
        this.environment = environment;
    }

    /**
     * The file to read. A file that was asked for by name is returned whether or not it exists, so that its absence is a
     * problem and not silence; so is one that exists but cannot be read.
     *
     * @param explicit from the command line, null if not given
     * @return absolute; null if there is none, which means defaults
     */
    public @Nullable Path locate(@Nullable Path explicit) {
        if (explicit != null) {
            return environment.directory().resolve(explicit);
        }
        String variable = environment.variable(VARIABLE);
        if (variable != null) {
            return environment.directory().resolve(variable);
        }
        return candidates().stream().filter(Files::exists).findFirst().orElse(null);
    }

    /** Where it is looked for when nobody names it, in order. */
    public List<Path> candidates() {
        return List.of(
                environment.directory().resolve("corral.yaml"),
                environment.xdg("XDG_CONFIG_HOME", ".config").resolve("corral").resolve("corral.yaml"),
                Path.of("/etc/corral/corral.yaml"));
    }
}
