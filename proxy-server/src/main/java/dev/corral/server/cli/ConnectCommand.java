package dev.corral.server.cli;

import dev.corral.server.connect.ConnectException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Options and help of {@link Connect}. */
@Command(
        name = "connect",
        description =
                "Runs on your own machine, for programs that know nothing of keys: listens where Ollama would, and"
                        + " sends what they ask to another Corral with your credential.",
        mixinStandardHelpOptions = true,
        versionProvider = CorralCommand.Version.class,
        footerHeading = "%nThe credential is one of: the key in --key-file (mode 0600), the key in $$CORRAL_KEY, a"
                + " signature (--sign), or the path of the URL. Everybody who can log in to this machine can use it"
                + " while this runs.%n%nExamples:%n",
        footer = {
            "  corral connect https://gpu.lab --key-file ~/.corral-key",
            "  CORRAL_KEY=crl_... corral connect https://gpu.lab:11435",
            "  corral connect https://gpu.lab --sign --ca-file corral-ca.pem",
            "  ollama run llama3"
        })
final class ConnectCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(index = "0", paramLabel = "URL", description = "where the other Corral is, such as https://gpu.lab")
    private String url = "";

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            description = "where programs connect, on this machine alone (default 127.0.0.1:11434, as Ollama)")
    private @Nullable String listen;

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            description = "holds the key and nothing else; chmod 600; read again when it changes")
    private @Nullable Path keyFile;

    @Option(
            names = "--sign",
            description = "sign every request with ~/.ollama/id_ed25519, as the ollama command does with OLLAMA_AUTH=1")
    private boolean sign;

    @Option(
            names = "--sign-with",
            paramLabel = "FILE",
            description = "the same with another private key (ed25519, no passphrase); chmod 600")
    private @Nullable Path signWith;

    @Option(
            names = "--ca-file",
            paramLabel = "FILE",
            description = "the PEM certificate of the authority that made the other Corral's, such as \"corral trust"
                    + " --pem\" prints there; it alone is trusted then")
    private @Nullable Path authority;

    ConnectCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws CliException {
        try {
            return new Connect(console).run(new Connect.Options(url, listen, keyFile, sign, signWith, authority));
        } catch (ConnectException e) {
            throw CliException.of(e);
        }
    }
}
