package dev.corral.server.cli;

import dev.corral.server.config.Overrides;
import dev.corral.server.tls.ServerTls;
import dev.corral.server.tls.local.LocalAuthority;
import dev.corral.server.tls.store.Pem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What clients need to trust a server that signs its certificate itself. */
@Command(
        name = "trust",
        description =
                "With \"tls: local\": shows how to make clients trust this Corral's certificate, on Linux, macOS and"
                        + " Windows, in browsers, and in Python, Node and Go programs. Run it as the user that Corral runs as.",
        mixinStandardHelpOptions = true,
        versionProvider = CorralCommand.Version.class,
        footerHeading = "%nExamples:%n",
        footer = {"  corral trust", "  corral trust --pem > corral-ca.pem"})
final class TrustCommand implements Callable<Integer> {
    private final Console console;

    @Option(names = "--config", paramLabel = "FILE", description = "the configuration (otherwise as for serve)")
    private @Nullable String config;

    @Option(names = "--pem", description = "print the authority's certificate and nothing else")
    private boolean pem;

    TrustCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws CliException {
        ConfigLoader.Loaded loaded = new ConfigLoader(console).load(config, Overrides.NONE);
        LocalAuthority authority = load(ServerTls.directory(loaded.config()));
        console.out()
                .print(
                        pem
                                ? Pem.text(authority.certificate())
                                : TrustText.of(authority, loaded.command("corral trust --pem")));
        return ExitCode.OK;
    }

    private static LocalAuthority load(Path directory) throws CliException {
        LocalAuthority authority;
        try {
            authority = LocalAuthority.load(directory);
        } catch (IOException e) {
            throw new CliException(ExitCode.IO, String.valueOf(e.getMessage()));
        }
        if (authority == null) {
            throw new CliException(
                    ExitCode.IO,
                    "there is no local authority in " + directory
                            + ": the first start of corral serve with \"tls: local\" makes it");
        }
        return authority;
    }
}
