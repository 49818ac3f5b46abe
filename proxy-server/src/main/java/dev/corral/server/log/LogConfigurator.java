package dev.corral.server.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.Map;

/**
 * How the program logs: one line per event to standard error, written by a thread of its own, so that no event loop waits
 * for a terminal. Code and not a file, since reading XML is a tenth of a start; a file of the operator's own, in
 * {@code -Dlogback.configurationFile}, still wins. Found by logback as a service.
 */
public final class LogConfigurator extends ContextAwareBase implements Configurator {
    private static final Map<String, Level> QUIETER = Map.of(
            "io.netty",
            Level.WARN,
            // What becomes of the way to Redis is told by server.state.redis, once.
            "io.lettuce",
            Level.ERROR,
            "reactor",
            Level.ERROR,
            "io.micrometer",
            Level.WARN,
            "io.prometheus",
            Level.WARN);

    // Elsewhere, as in tests, what is on the class path decides.
    private static volatile boolean program;

    static void begin() {
        program = true;
    }

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        if (!program || System.getProperty("logback.configurationFile") != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        ConsoleAppender console = new ConsoleAppender();
        console.setContext(context);
        console.setName("CONSOLE");
        console.start();
        QUIETER.forEach((name, level) -> context.getLogger(name).setLevel(level));
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        root.addAppender(console);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
