package dev.corral.server.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import java.time.Duration;
import java.util.Iterator;
import org.slf4j.LoggerFactory;

/** What the program may do to its own log. Thread-safe. */
public final class ConsoleLog {
    private ConsoleLog() {}

    /** Has the program's own log configured without a file; only before anything is logged, and only for the program. */
    public static void begin() {
        LogConfigurator.begin();
    }

    /**
     * Sets how much is logged.
     *
     * @param level {@code error}, {@code warn}, {@code info} or {@code debug}
     */
    public static void level(String level) {
        root().setLevel(Level.toLevel(level, Level.INFO));
    }

    /** Waits until everything logged so far is written: the last step of a program that ends. */
    public static void flush(Duration limit) {
        for (Iterator<Appender<ILoggingEvent>> all = root().iteratorForAppenders(); all.hasNext(); ) {
            if (all.next() instanceof ConsoleAppender console) {
                console.flush(limit);
            }
        }
    }

    private static Logger root() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        return context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }
}
