package dev.corral.server.cli;

import dev.corral.server.log.ConsoleLog;
import java.time.Duration;

/** Where the program begins. */
public final class Main {
    private static final Duration FLUSH = Duration.ofSeconds(2);

    private Main() {}

    public static void main(String[] arguments) {
        ConsoleLog.begin();
        int exitCode = new Program(Console.system()).run(arguments);
        ConsoleLog.flush(FLUSH);
        System.exit(exitCode);
    }
}
