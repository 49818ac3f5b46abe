package dev.corral.server.cli;

import dev.corral.server.metrics.BuildInfo;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** Runs one command line and knows how every failure looks: a sentence and an exit code, never a stack trace. */
final class Program {
    private final Console console;

    Program(Console console) {
        this.console = console;
    }

    /** Runs it; returns the exit code. */
    int run(String... arguments) {
        int exitCode = execute(arguments);
        String lost = console.out().failure();
        if (lost == null || exitCode != ExitCode.OK) {
            return exitCode;
        }
        // Who closes a pipe early knows that; everybody else must be told that the result did not arrive.
        if (!lost.contains("Broken pipe")) {
            console.problem("standard output: " + lost);
        }
        return ExitCode.IO;
    }

    private int execute(String... arguments) {
        try {
            // Most starts are of this one command, and loading the option parser takes a tenth of a second.
            ServeOptions serve = ServeOptions.parse(List.of(arguments));
            if (serve != null) {
                return new Server(console).serve(serve);
            }
            if (List.of(arguments).equals(List.of(Rehearsal.COMMAND))) {
                return new Rehearsal(console).run();
            }
        } catch (CliException e) {
            return failed(e);
        } catch (RuntimeException e) {
            return failed(e);
        }
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commands = commandLine(new PrintWriter(out), new PrintWriter(err));
        int exitCode = commands.execute(helped(commands, arguments));
        console.out().print(out.toString());
        console.err().print(err.toString());
        return exitCode;
    }

    /** {@code help keys create} is {@code keys create --help}: picocli's own looks no further than the first word. */
    private static String[] helped(CommandLine commands, String... arguments) {
        if (arguments.length < 2 || !arguments[0].equals("help") || arguments[1].startsWith("-")) {
            return arguments;
        }
        List<String> rest = new ArrayList<>();
        CommandLine command = commands;
        for (int i = 1; i < arguments.length && !command.getSubcommands().isEmpty(); i++) {
            rest.add(arguments[i]);
            CommandLine next = command.getSubcommands().get(arguments[i]);
            if (next == null) {
                // Without --help, so that it is explained as it is where it stands alone.
                return rest.toArray(String[]::new);
            }
            command = next;
        }
        rest.add("--help");
        return rest.toArray(String[]::new);
    }

    private CommandLine commandLine(PrintWriter out, PrintWriter err) {
        CommandLine commands = new CommandLine(new CorralCommand(), new Commands(console));
        commands.setOut(out);
        commands.setErr(err);
        commands.setColorScheme(CommandLine.Help.defaultColorScheme(
                console.errColours() && console.outTerminal() ? Ansi.ON : Ansi.OFF));
        commands.setUsageHelpAutoWidth(true);
        commands.setParameterExceptionHandler((e, arguments) -> misused(e));
        commands.setExecutionExceptionHandler(
                (e, command, parsed) -> e instanceof CliException known ? failed(known) : failed(e));
        return commands;
    }

    private int failed(CliException e) {
        e.lines().forEach(console::problem);
        debug(e);
        return e.exitCode();
    }

    private int failed(Exception e) {
        console.problem("a bug in Corral: " + e);
        if (!debug(e)) {
            console.problem("run the same with CORRAL_DEBUG=1 to see where, and please report it");
        }
        return ExitCode.SOFTWARE;
    }

    private boolean debug(Exception e) {
        boolean wanted = "1".equals(console.environment().variables().get("CORRAL_DEBUG"));
        if (wanted) {
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            console.err().print(trace.toString());
        }
        return wanted;
    }

    private int misused(CommandLine.ParameterException e) {
        CommandSpec command = e.getCommandLine().getCommandSpec();
        console.problem(explain(e, command));
        console.note("try: " + command.qualifiedName() + " --help");
        return ExitCode.USAGE;
    }

    private static String explain(CommandLine.ParameterException e, CommandSpec command) {
        if (e instanceof CommandLine.UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().isEmpty()) {
            String word = unmatched.getUnmatched().get(0);
            boolean option = word.startsWith("-");
            List<String> candidates = option
                    ? command.options().stream().map(one -> one.longestName()).toList()
                    : command.subcommands().keySet().stream().toList();
            String unknown =
                    Words.unknown(option ? "option" : candidates.isEmpty() ? "argument" : "command", word, candidates);
            return Words.hasKey(word) && command.name().equals("connect")
                    ? unknown
                            + ": everybody on the machine sees what stands here (expected: the key in --key-file FILE or"
                            + " in $CORRAL_KEY)"
                    : unknown;
        }
        if (e instanceof CommandLine.MissingParameterException missing
                && !missing.getMissing().isEmpty()) {
            return "missing: "
                    + missing.getMissing().stream().map(Program::name).collect(Collectors.joining(", "));
        }
        return "Missing required subcommand".equals(e.getMessage())
                ? "missing: a command (expected: one of "
                        + String.join(", ", command.subcommands().keySet()) + ")"
                : String.valueOf(e.getMessage());
    }

    private static String name(ArgSpec argument) {
        return argument instanceof CommandLine.Model.OptionSpec option
                ? option.longestName() + " " + option.paramLabel()
                : argument.paramLabel();
    }

    /** What {@code --version} says. */
    static String version() {
        BuildInfo build = BuildInfo.load();
        return "corral " + build.version() + " (revision " + build.revision() + ", Java " + build.java() + ")";
    }

    /** Makes picocli's commands, each with the console. */
    private record Commands(Console console) implements CommandLine.IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            @Nullable Object command = CorralCommand.create(type, console);
            return command != null
                    ? type.cast(command)
                    : CommandLine.defaultFactory().create(type);
        }
    }
}
