package dev.corral.server.config;

import dev.corral.core.Limits;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the configuration takes from its surroundings; given, never looked up, so that reading is repeatable.
 *
 * @param variables environment variables
 * @param home the directory that {@code ~} stands for
 * @param directory the working directory, absolute
 */
public record Environment(Map<String, String> variables, Path home, Path directory) {
    /** How much memory Java may take outside its heap; the launcher says it to Java and to us. */
    static final String DIRECT_MEMORY = "corral.direct-memory";

    private static final Pattern JAVA_SIZE = Pattern.compile("([0-9]{1,9})([kKmMgG]?)");

    public Environment {
        variables = Map.copyOf(variables);
    }

    /** This process's own. */
    public static Environment system() {
        String home = System.getenv("HOME");
        Map<String, String> variables = new HashMap<>(System.getenv());
        variables.put(DIRECT_MEMORY, System.getProperty(DIRECT_MEMORY, ""));
        return new Environment(
                variables,
                Path.of(home == null || home.isEmpty() ? System.getProperty("user.home", "/") : home)
                        .toAbsolutePath(),
                Path.of("").toAbsolutePath());
    }

    /** The variable's value, null if it is not set or empty: an empty path or setting is never meant. */
    @Nullable
    String variable(String name) {
        String value = variables.get(name);
        return value == null || value.isEmpty() ? null : value;
    }

    /**
     * Where state is kept unless the configuration says otherwise: systemd's {@code $STATE_DIRECTORY} (the first of its
     * list), else {@code $XDG_STATE_HOME/corral}, else {@code ~/.local/state/corral}.
     */
    Path stateDirectory() {
        String systemd = variable("STATE_DIRECTORY");
        if (systemd != null) {
            int colon = systemd.indexOf(':');
            return directory.resolve(colon < 0 ? systemd : systemd.substring(0, colon));
        }
        return xdg("XDG_STATE_HOME", ".local/state").resolve("corral");
    }

    /**
     * How many requests Ollama works on at one time, for each model, if that is said where Corral can see it too: {@code
     * $OLLAMA_NUM_PARALLEL}.
     */
    int parallel(int otherwise) {
        String value = variable("OLLAMA_NUM_PARALLEL");
        if (value == null || !value.matches("[0-9]{1,4}")) {
            return otherwise;
        }
        int parallel = Integer.parseInt(value);
        return parallel < 1 ? otherwise : parallel;
    }

    /**
     * The most bytes that Java may take outside its heap, where bodies are; {@link Long#MAX_VALUE} where that is not
     * known.
     */
    long directMemory() {
        String value = variable(DIRECT_MEMORY);
        Matcher size = JAVA_SIZE.matcher(value == null ? "" : value);
        if (!size.matches()) {
            return Long.MAX_VALUE;
        }
        int shift = switch (size.group(2)) {
            case "k", "K" -> 10;
            case "m", "M" -> 20;
            case "g", "G" -> 30;
            default -> 0;
        };
        return Long.parseLong(size.group(1)) << shift;
    }

    /** How much memory request bodies may take here, all together. */
    public long bufferedBodies() {
        return bufferedBodies(Limits.DEFAULTS.bufferedBodyBytes());
    }

    /** How much of it all bodies at one time take unless the configuration says otherwise: a quarter at most. */
    long bufferedBodies(long otherwise) {
        long quarter = directMemory() / 4 >> 20 << 20;
        return Math.min(otherwise, Math.max(1 << 20, quarter));
    }

    /** A base directory of the XDG specification, which wants relative values ignored. */
    Path xdg(String name, String underHome) {
        String value = variable(name);
        return value == null || !Path.of(value).isAbsolute() ? home.resolve(underHome) : Path.of(value);
    }
}
