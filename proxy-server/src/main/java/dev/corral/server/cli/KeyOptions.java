package dev.corral.server.cli;

import dev.corral.auth.key.KeyRecord;
import dev.corral.auth.key.KeyStore;
import dev.corral.auth.key.KeyStoreException;
import dev.corral.core.spi.NanoClock;
import dev.corral.server.config.CorralConfig;
import dev.corral.server.config.Durations;
import dev.corral.server.config.Overrides;
import dev.corral.server.wiring.Stores;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What all {@code corral keys} commands can be told, and what they do alike. */
final class KeyOptions {
    private final Console console;

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

    KeyOptions(Console console) {
        this.console = console;
    }

    /** Something that one of the commands does with the key file; returns the exit code. */
    interface Action {
        int run(Context context, Format format) throws KeyStoreException, CliException;
    }

    /** Something that one of the commands does to a key. */
    interface Change {
        Changed run(Context context) throws KeyStoreException, CliException;
    }

    /**
     * What a key is like now.
     *
     * @param notes for people, one line each
     */
    record Changed(KeyRecord key, List<String> notes) {
        Changed {
            notes = List.copyOf(notes);
        }

        Changed(KeyRecord key, String note) {
            this(key, List.of(note));
        }
    }

    /** How to print. */
    enum Format {
        TABLE,
        PLAIN,
        JSON
    }

    /** The keys and the configuration they belong to. */
    record Context(ConfigLoader.Loaded loaded, Stores stores) implements AutoCloseable {
        CorralConfig config() {
            return loaded.config();
        }

        KeyStore store() {
            return stores.keys();
        }

        @Override
        public void close() {
            stores.close();
        }
    }

    int run(Action action) throws CliException {
        Format wanted = format();
        try (Context context = open()) {
            return action.run(context, wanted);
        } catch (KeyStoreException e) {
            throw CliException.of(e);
        }
    }

    /** Says what has changed, and shows the key to programs that asked for JSON. */
    int change(Change change) throws CliException {
        return run((context, wanted) -> {
            Changed done = change.run(context);
            done.notes().forEach(console::note);
            if (wanted == Format.JSON) {
                console.out().print(KeyText.text(KeysCommand.text().json(done.key())));
            }
            return ExitCode.OK;
        });
    }

    private Context open() throws CliException {
        ConfigLoader.Loaded loaded = new ConfigLoader(console).load(config, new Overrides(null, null, null, keysFile));
        return new Context(loaded, Stores.open(loaded.config(), NanoClock.SYSTEM));
    }

    private Format format() throws CliException {
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
