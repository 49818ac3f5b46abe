package dev.corral.server.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.auth.key.CreatedKey;
import dev.corral.auth.key.KeyAccess;
import dev.corral.auth.key.KeyRecord;
import dev.corral.auth.key.NewKey;
import dev.corral.auth.limit.LimitSet;
import dev.corral.core.spi.NanoClock;
import dev.corral.server.wiring.MissingRoles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The life of keys. A running server notices every change within a second. */
@Command(
        name = "keys",
        description =
                "Creates, lists, shows, limits, revokes and rotates keys, and says what else opens them. A running server"
                        + " notices within a second.",
        mixinStandardHelpOptions = true,
        versionProvider = CorralCommand.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            KeysCommand.Create.class,
            KeysCommand.ListAll.class,
            KeysCommand.Show.class,
            KeysCommand.Limit.class,
            KeysCommand.Revoke.class,
            KeysCommand.Rotate.class,
            AccessCommands.AddSsh.class,
            AccessCommands.AddCertificate.class,
            AccessCommands.RemoveCredential.class,
            AccessCommands.AllowFrom.class,
            PendingCommands.Pending.class,
            PendingCommands.Approve.class
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  corral keys create alice",
            "  corral keys create ci --expires 30d --format json | jq -r .key",
            "  corral keys limit alice --tokens-per-day 200k --concurrency 2",
            "  corral keys rotate alice --grace 24h",
            "  corral keys revoke alice",
            "  corral keys add-ssh alice ~/.ollama/id_ed25519.pub"
        })
final class KeysCommand {
    static KeyText text() {
        return new KeyText(NanoClock.SYSTEM.epochMillis());
    }

    private static List<String> warnings(KeyRecord key, KeyOptions.Context context) {
        String warning = LimitOptions.ineffective(key, context.config());
        return warning == null ? List.of() : List.of(warning);
    }

    static String shown(KeyRecord key) {
        return "key " + key.id() + " " + Words.quote(key.name());
    }

    /** Prints the only copy of a secret. */
    private static int handOver(
            Console console, KeyOptions.Context context, KeyOptions.Format format, CreatedKey created, String note)
            throws CliException {
        ClientSettings settings = new ClientSettings(
                context.loaded(),
                context.config().core().listen(),
                created.key().name(),
                created.secret());
        if (format == KeyOptions.Format.JSON) {
            ObjectNode json = text().json(created.key()).put("key", created.secret());
            ObjectNode variables = json.putObject("settings");
            settings.variables().forEach(variables::put);
            console.out().print(KeyText.text(json));
        } else {
            console.out().print(created.secret() + "\n\n" + settings.text());
        }
        String lost = console.out().failure();
        if (lost != null) {
            throw new CliException(
                    ExitCode.IO,
                    shown(created.key()) + " exists, but its secret could not be printed (" + lost
                            + "): rotate it with --grace 0s to get another");
        }
        console.note(note + ", in " + context.store().place());
        if (context.loaded().file() == null) {
            console.note(
                    "No configuration was found, so the address in the settings is the default one, whether or not a"
                            + " Corral listens there (another: --config FILE).");
        }
        console.note("The secret is shown this once; Corral keeps only a digest of it.");
        if (format == KeyOptions.Format.JSON) {
            settings.notes().forEach(console::note);
        }
        return ExitCode.OK;
    }

    @Command(
            name = "create",
            description = "Makes a key and prints its secret, this once, with settings for the usual clients.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExamples:%n",
            footer = {
                "  corral keys create alice",
                "  corral keys create bob --role admin",
                "  corral keys create lab-7 --rpm 30 --burst 10 --tokens-per-day 200k",
                "  corral keys create ci --expires 30d --format json | jq -r .key"
            })
    static final class Create implements Callable<Integer> {
        private final Console console;

        @Mixin
        private final KeyOptions options;

        @Parameters(paramLabel = "NAME", description = "whose key it is, or what it is for")
        private String name = "";

        @Option(names = "--role", paramLabel = "ROLE", description = "what it may do (default: user)")
        private String role = "user";

        @Option(
                names = "--expires",
                paramLabel = "DURATION",
                description = "how long it is good, such as 30d (default: for ever)")
        private @Nullable String expires;

        @Option(
                names = "--allow-from",
                paramLabel = "CIDR",
                split = ",",
                description = "an address or a range, such as 10.0.0.0/8, from which alone it works; may be repeated")
        private List<String> allowFrom = List.of();

        @Mixin
        private final LimitOptions limits = new LimitOptions();

        Create(Console console) {
            this.console = console;
            this.options = new KeyOptions(console);
        }

        @Override
        public Integer call() throws CliException {
            Duration validFor = expires == null ? null : KeyOptions.duration("--expires", expires, "30d");
            LimitSet own = limits.read();
            KeyAccess access = new KeyAccess(List.of(), List.of(), AccessOptions.ranges(allowFrom));
            return options.run((context, format) -> {
                KeyOptions.checkRole(role, context.config());
                CreatedKey created = context.store().create(new NewKey(name, role, validFor, own, access));
                warnings(created.key(), context).forEach(console::note);
                return handOver(
                        console,
                        context,
                        format,
                        created,
                        "Created " + shown(created.key()) + " with role " + role + ", good "
                                + (created.key().expires() == null
                                        ? "for ever"
                                        : "until " + created.key().expires()));
            });
        }
    }

    @Command(name = "list", description = "Lists all keys; no secrets.", mixinStandardHelpOptions = true)
    static final class ListAll implements Callable<Integer> {
        private final Console console;

        @Mixin
        private final KeyOptions options;

        ListAll(Console console) {
            this.console = console;
            this.options = new KeyOptions(console);
        }

        @Override
        public Integer call() throws CliException {
            return options.run((context, format) -> {
                List<KeyRecord> keys = context.store().list();
                console.out()
                        .print(
                                switch (format) {
                                    case TABLE -> text().table(keys);
                                    case PLAIN -> text().plain(keys);
                                    case JSON -> text().jsonList(keys);
                                });
                if (keys.isEmpty()) {
                    console.note("There are no keys in " + context.store().place() + ". Create one: "
                            + context.loaded().command("corral keys create NAME"));
                }
                MissingRoles.sentences(keys, context.config().roles().keySet(), NanoClock.SYSTEM.epochMillis())
                        .forEach(console::warning);
                return ExitCode.OK;
            });
        }
    }

    @Command(name = "show", description = "Shows one key; no secret.", mixinStandardHelpOptions = true)
    static final class Show implements Callable<Integer> {
        private final Console console;

        @Mixin
        private final KeyOptions options;

        @Parameters(paramLabel = "ID", description = "the key's id or name")
        private String id = "";

        Show(Console console) {
            this.console = console;
            this.options = new KeyOptions(console);
        }

        @Override
        public Integer call() throws CliException {
            return options.run((context, format) -> {
                KeyRecord key = context.store().find(id);
                console.out()
                        .print(
                                switch (format) {
                                    case TABLE -> text().lines(key, true);
                                    case PLAIN -> text().lines(key, false);
                                    case JSON -> KeyText.text(text().json(key));
                                });
                return ExitCode.OK;
            });
        }
    }

    @Command(
            name = "limit",
            description = {
                "Says what a key may use, where that is not what its role says. What is not named stays as it is.",
                "N is a whole number such as 500, 20k or 2M; none lifts the role's limit."
            },
            mixinStandardHelpOptions = true,
            footerHeading = "%nExamples:%n",
            footer = {
                "  corral keys limit alice --tokens-per-day 200k --concurrency 2",
                "  corral keys limit alice --tokens-per-month none",
                "  corral keys limit alice --reset"
            })
    static final class Limit implements Callable<Integer> {
        @Mixin
        private final KeyOptions options;

        @Mixin
        private final LimitOptions limits = new LimitOptions();

        @Parameters(paramLabel = "ID", description = "the key's id or name")
        private String id = "";

        @Option(
                names = "--reset",
                description = "take back everything that was said for this key before; its role's limits apply again")
        private boolean reset;

        Limit(Console console) {
            this.options = new KeyOptions(console);
        }

        @Override
        public Integer call() throws CliException {
            LimitSet change = limits.read();
            if (change.said().isEmpty() && !reset) {
                throw new CliException(
                        ExitCode.USAGE, "no limit (expected: one of --rpm, --tokens-per-day, ..., or --reset)");
            }
            return options.change(context -> {
                KeyRecord key = context.store().limit(id, change, reset);
                String said = LimitOptions.text(key.limits());
                List<String> notes = new ArrayList<>();
                notes.add("Limits of " + shown(key) + ": "
                        + (said.isEmpty() ? "those of its role " + Words.quote(key.role()) : said)
                        + "; in force within a second.");
                notes.addAll(warnings(key, context));
                return new KeyOptions.Changed(key, notes);
            });
        }
    }

    @Command(
            name = "revoke",
            description = "Ends a key for good. Asks nothing; doing it twice does no harm.",
            mixinStandardHelpOptions = true)
    static final class Revoke implements Callable<Integer> {
        @Mixin
        private final KeyOptions options;

        @Parameters(paramLabel = "ID", description = "the key's id or name, or the whole key")
        private String id = "";

        Revoke(Console console) {
            this.options = new KeyOptions(console);
        }

        @Override
        public Integer call() throws CliException {
            return options.change(context -> {
                boolean before = context.store().find(id).revoked() != null;
                KeyRecord key = context.store().revoke(id);
                return new KeyOptions.Changed(
                        key,
                        before
                                ? shown(key) + " was revoked already, at " + Objects.requireNonNull(key.revoked())
                                : "Revoked " + shown(key) + "; a running server refuses it within a second.");
            });
        }
    }

    @Command(
            name = "rotate",
            description = "Gives a key a new secret under the same id and prints it, this once.",
            mixinStandardHelpOptions = true)
    static final class Rotate implements Callable<Integer> {
        private final Console console;

        @Mixin
        private final KeyOptions options;

        @Parameters(paramLabel = "ID", description = "the key's id or name")
        private String id = "";

        @Option(
                names = "--grace",
                paramLabel = "DURATION",
                description = "how long the old secret works on (default: 24h; 0s ends it at once)")
        private String grace = "24h";

        Rotate(Console console) {
            this.console = console;
            this.options = new KeyOptions(console);
        }

        @Override
        public Integer call() throws CliException {
            Duration overlap = KeyOptions.duration("--grace", grace, "24h");
            return options.run((context, format) -> {
                boolean first = context.store().find(id).secrets().isEmpty();
                CreatedKey rotated = context.store().rotate(id, overlap);
                return handOver(
                        console,
                        context,
                        format,
                        rotated,
                        "Rotated " + shown(rotated.key()) + "; "
                                + (first
                                        ? "it had no secret before"
                                        : rotated.key().graceEnds() == null
                                                ? "the old secret is refused within a second"
                                                : "the old secret works until "
                                                        + rotated.key().graceEnds()));
            });
        }
    }
}
