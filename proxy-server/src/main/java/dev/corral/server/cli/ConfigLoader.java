package dev.corral.server.cli;

import dev.corral.server.config.ConfigLocator;
import dev.corral.server.config.ConfigReader;
import dev.corral.server.config.ConfigResult;
import dev.corral.server.config.CorralConfig;
import dev.corral.server.config.Overrides;
import dev.corral.server.config.Problem;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds and reads the configuration for a command, or ends the command with everything that is wrong with it. */
final class ConfigLoader {
    private final Console console;

    ConfigLoader(Console console) {
        this.console = console;
    }

    /**
     * A configuration that is in order.
     *
     * @param file null where there is none
     * @param named whether the command line names it
     */
    record Loaded(CorralConfig config, @Nullable Path file, boolean named, List<Problem> warnings) {
        /** A command line that finds the same configuration, for a shell. */
        String command(String command) {
            return named && file != null ? command + " --config " + Words.shell(file.toString()) : command;
        }

        String source() {
            return file == null ? "none, so every setting has its default" : file.toString();
        }
    }

    Loaded load(@Nullable String explicit, Overrides overrides) throws CliException {
        Path file = new ConfigLocator(console.environment()).locate(path("--config", explicit));
        ConfigResult result = new ConfigReader(console.environment()).read(file, overrides);
        if (result instanceof ConfigResult.Valid valid) {
            return new Loaded(valid.config(), file, explicit != null, valid.warnings());
        }
        List<String> lines = new ArrayList<>();
        if (result instanceof ConfigResult.Invalid invalid) {
            int count = invalid.problems().size();
            lines.add((count == 1 ? "1 problem" : count + " problems") + " in the configuration"
                    + (file == null ? "" : " " + file));
            invalid.problems().forEach(problem -> lines.add("  " + problem));
        }
        throw new CliException(ExitCode.CONFIG, String.join("\n", lines));
    }

    private static @Nullable Path path(String option, @Nullable String text) throws CliException {
        try {
            return text == null ? null : Path.of(text);
        } catch (InvalidPathException e) {
            throw new CliException(ExitCode.USAGE, option + ": " + Words.quote(text) + " (expected: a file's path)");
        }
    }
}
