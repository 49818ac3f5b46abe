package dev.corral.server.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What {@link ServeOptions#parse} does not read itself, and the help. */
@Command(
        name = "serve",
        description = "Stands in front of Ollama and lets nobody through who has no key.",
        mixinStandardHelpOptions = true,
        versionProvider = CorralCommand.Version.class,
        footerHeading =
                "%nThe first start, with no keys yet, creates one for an admin and one for a user and prints both."
                        + "%nSIGTERM or Ctrl-C lets running answers finish; a second time ends at once.%n%nExamples:%n",
        footer = {
            "  corral serve",
            "  corral serve --upstream http://gpu.lab:11434 --listen 0.0.0.0:11435",
            "  corral serve --config /etc/corral/corral.yaml"
        })
final class ServeCommand implements Callable<Integer> {
    private final Console console;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "the configuration (otherwise $$CORRAL_CONFIG, ./corral.yaml,"
                    + " ~/.config/corral/corral.yaml, /etc/corral/corral.yaml, or none)")
    private @Nullable String config;

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            description = "where clients connect (default 127.0.0.1:11435)")
    private @Nullable String listen;

    @Option(names = "--upstream", paramLabel = "URL", description = "where Ollama is (default http://127.0.0.1:11434)")
    private @Nullable String upstream;

    @Option(
            names = "--admin-listen",
            paramLabel = "HOST:PORT",
            description = "where metrics and health are, or \"off\" (default 127.0.0.1:11436)")
    private @Nullable String adminListen;

    ServeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws CliException {
        return new Server(console).serve(ServeOptions.of(config, listen, upstream, adminListen));
    }
}
