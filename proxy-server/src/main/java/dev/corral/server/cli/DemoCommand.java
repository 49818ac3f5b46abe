package dev.corral.server.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Options and help of {@link Demo}. */
@Command(
        name = "demo",
        description = "Shows Corral at work without an Ollama: starts a stand-in, the proxy and a fresh key, and prints"
                + " curl lines to paste. Keeps nothing.",
        mixinStandardHelpOptions = true,
        versionProvider = CorralCommand.Version.class)
final class DemoCommand implements Callable<Integer> {
    private final Console console;

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            description = "where clients connect (default 127.0.0.1:11435, or any free port where that is taken)")
    private @Nullable String listen;

    @Option(
            names = "--admin-listen",
            paramLabel = "HOST:PORT",
            description = "where metrics and health are, or \"off\" (default 127.0.0.1:11436, or any free port)")
    private @Nullable String adminListen;

    DemoCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws CliException {
        return new Demo(console).run(listen, adminListen);
    }
}
