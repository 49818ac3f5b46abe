package dev.corral.server.cli;

import dev.corral.server.config.Environment;
import java.io.FileDescriptor;

/**
 * The program's surroundings; given, so that commands can be run by tests.
 *
 * @param out what was asked for, secrets included
 * @param err notes and problems, never a secret
 * @param outTerminal whether a person reads {@code out}
 * @param errColours whether {@code err} shows colours
 * @param outJournal whether {@code out} is kept by a journal
 * @param environment variables and directories
 */
record Console(
        Output out, Output err, boolean outTerminal, boolean errColours, boolean outJournal, Environment environment) {
    private static final String RESET = "\u001b[0m";

    static Console system() {
        Environment environment = Environment.system();
        return new Console(
                new Output(Terminal.output(FileDescriptor.out)),
                new Output(Terminal.output(FileDescriptor.err)),
                Terminal.isTerminal(1),
                Terminal.colours(Terminal.isTerminal(2), environment.variables()),
                Terminal.isJournal(environment.variables()),
                environment);
    }

    /** A remark beside the result. */
    void note(String line) {
        err.println(line);
    }

    void warning(String line) {
        err.println(coloured("33", "warning: ") + line);
    }

    void problem(String line) {
        err.println(coloured("31", "corral: ") + line);
    }

    String strong(String text) {
        return coloured("1", text);
    }

    String coloured(String colour, String text) {
        return errColours ? "\u001b[" + colour + "m" + text + RESET : text;
    }
}
