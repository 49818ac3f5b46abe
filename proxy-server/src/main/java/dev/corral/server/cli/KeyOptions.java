package dev.corral.server.cli;

import dev.corral.auth.key.KeyStore;
import dev.corral.core.spi.NanoClock;
import dev.corral.server.config.CorralConfig;
import dev.corral.server.config.Durations;
import dev.corral.server.config.Overrides;
import dev.corral.server.wiring.Stores;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What all {@code corral keys} commands can be told. */
final class KeyOptions {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "the configuration, which names the key file and the roles (otherwise as for serve)")
    private @Nullable String config;

    @Option(names = "--keys-file", paramLabel = "FILE", description = "the key file (default: from the configuration)")
    private @Nullable String keysFile;

    @Option(
            names = "--format",
            paramLabel = "table|json",
            description = "how to print (default: a table on a terminal, plain lines elsewhere)")
    private @Nullable String format;

    /** How to print. */
    enum Format {
        TABLE,
        PLAIN,
        JSON
    }

    /** The keys and the configuration they belong to. */
    record Context(CorralConfig config, Stores stores) implements AutoCloseable {
        KeyStore store() {
            return stores.keys();
        }

        @Override
        public void close() {
            stores.close();
        }
    }

    Context open(Console console) throws CliException {
        CorralConfig loaded = new ConfigLoader(console)
                .load(config, new Overrides(null, null, null, keysFile))
                .config();
        return new Context(loaded, Stores.open(loaded, NanoClock.SYSTEM));
    }

    Format format(Console console) throws CliException {
        if (format == null) {
            return console.outTerminal() ? Format.TABLE : Format.PLAIN;
        }
        return switch (format) {
            case "table" -> Format.TABLE;
            case "json" -> Format.JSON;
            default ->
                throw new CliException(
                        ExitCode.USAGE, "--format: " + Words.quote(format) + " (expected: table or json)");
        };
    }

    static void checkRole(String role, CorralConfig config) throws CliException {
        if (!config.roles().containsKey(role)) {
            throw new CliException(
                    ExitCode.USAGE,
                    "--role: " + Words.quote(role) + " (expected: one of "
                            + String.join(", ", config.roles().keySet()) + ")");
        }
    }

    static Duration duration(String option, String text, String example) throws CliException {
        Duration duration = Durations.parse(text);
        if (duration == null) {
            throw new CliException(
                    ExitCode.USAGE,
                    option + ": " + Words.quote(text) + " (expected: a duration such as " + example + ")");
        }
        return duration;
    }
}
