package dev.corral.server.cli;

import dev.corral.server.config.Environment;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * One command line, run in this process.
 *
 * @param exitCode what the process would have returned
 * @param out what it printed to standard output
 * @param err what it printed to standard error
 */
record CommandRun(int exitCode, String out, String err) {
    /** Runs the program as a pipe sees it, with {@code directory} for its home, state and working directory. */
    static CommandRun of(Path directory, String... arguments) {
        return of(directory, Map.of(), arguments);
    }

    static CommandRun of(Path directory, Map<String, String> variables, String... arguments) {
        Map<String, String> all = new HashMap<>(variables);
        all.put("XDG_STATE_HOME", directory.toString());
        all.put("XDG_CONFIG_HOME", directory.toString());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Environment environment = new Environment(all, directory, directory);
        int exitCode = new Program(new Console(new Output(out), new Output(err), false, false, false, environment))
                .run(arguments);
        return new CommandRun(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
