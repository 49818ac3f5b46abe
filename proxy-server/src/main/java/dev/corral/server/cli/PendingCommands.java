package dev.corral.server.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.corral.auth.key.KeyRecord;
import dev.corral.auth.key.KeyRing;
import dev.corral.auth.key.KeyState;
import dev.corral.auth.key.KeyStoreException;
import dev.corral.auth.ssh.PendingKey;
import dev.corral.auth.ssh.PendingKeyFile;
import dev.corral.core.spi.NanoClock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The keys that somebody has signed with and nobody has let in yet. */
final class PendingCommands {
    private PendingCommands() {}

    // What the server has saved may be older than the keys.
    private static List<PendingKey> waiting(KeyOptions.Context context) throws KeyStoreException {
        KeyRing ring = context.store().load();
        return PendingKeyFile.read(PendingKeyFile.in(context.config().stateDir())).stream()
                .filter(pending -> {
                    KeyRecord key = ring.bySshKey(pending.key());
                    return key == null || key.revoked() != null;
                })
                .toList();
    }

    @Command(
            name = "pending",
            description = {
                "Lists the ssh keys with which somebody has signed requests (OLLAMA_AUTH=1) and which nobody has registered.",
                "Before you approve one, have its owner tell you its fingerprint: anybody can send a key."
            },
            mixinStandardHelpOptions = true,
            footerHeading = "%nExamples:%n",
            footer = {"  corral keys pending", "  corral keys approve SHA256:... --name alice"})
    static final class Pending implements Callable<Integer> {
        private final Console console;

        @Mixin
        private final KeyOptions options;

        Pending(Console console) {
            this.console = console;
            this.options = new KeyOptions(console);
        }

        @Override
        public Integer call() throws CliException {
            return options.run((context, format) -> {
                List<PendingKey> keys = waiting(context);
                console.out()
                        .print(
                                switch (format) {
                                    case TABLE -> table(keys);
                                    case PLAIN -> plain(keys);
                                    case JSON -> json(keys);
                                });
                if (keys.isEmpty()) {
                    console.note(
                            "Nobody waits: no key that is unknown has signed a request in the last week, as far as "
                                    + PendingKeyFile.in(context.config().stateDir()) + " tells.");
                }
                return ExitCode.OK;
            });
        }

        private static List<String> row(PendingKey key) {
            return List.of(
                    key.key().fingerprint(),
                    key.address(),
                    key.first().truncatedTo(ChronoUnit.SECONDS).toString(),
                    key.last().truncatedTo(ChronoUnit.SECONDS).toString(),
                    Long.toString(key.requests()));
        }

        private static String table(List<PendingKey> keys) {
            List<List<String>> rows = new ArrayList<>();
            rows.add(List.of("FINGERPRINT", "ADDRESS", "FIRST", "LAST", "REQUESTS"));
            keys.forEach(key -> rows.add(row(key)));
            return KeyText.aligned(rows);
        }

        private static String plain(List<PendingKey> keys) {
            StringBuilder lines = new StringBuilder();
            keys.forEach(key -> lines.append(String.join("\t", row(key))).append('\n'));
            return lines.toString();
        }

        private static String json(List<PendingKey> keys) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            for (PendingKey key : keys) {
                array.addObject()
                        .put("fingerprint", key.key().fingerprint())
                        .put("key", key.key().text())
                        .put("address", key.address())
                        .put("first", key.first().toString())
                        .put("last", key.last().toString())
                        .put("requests", key.requests());
            }
            return KeyText.text(array);
        }
    }

    @Command(
            name = "approve",
            description = {
                "Lets a pending ssh key in. Adds it to the key of that name, which is made where there is none.",
                "Whoever owns it needs to do nothing: the next request is let in."
            },
            mixinStandardHelpOptions = true,
            footerHeading = "%nExamples:%n",
            footer = {
                "  corral keys approve SHA256:lbmsoA0yIEcEiVDRnMWuzm+nV+3ZEEpVIURqFoeSspg --name alice",
                "  corral keys approve SHA256:... --name bob --role admin --expires 90d"
            })
    static final class Approve implements Callable<Integer> {
        @Mixin
        private final KeyOptions options;

        @Mixin
        private final Registration registration = new Registration();

        @Parameters(paramLabel = "FINGERPRINT", description = "as \"corral keys pending\" shows it")
        private String fingerprint = "";

        @Option(names = "--name", required = true, paramLabel = "NAME", description = "whose key it is")
        private String name = "";

        Approve(Console console) {
            this.options = new KeyOptions(console);
        }

        @Override
        public Integer call() throws CliException {
            return options.change(context -> {
                PendingKey pending = find(waiting(context));
                if (pending == null) {
                    return letIn(context);
                }
                Registration.Registered registered = registration.add(name, List.of(pending.key()), List.of(), context);
                return new KeyOptions.Changed(
                        registered.key(),
                        List.of(
                                "ssh key " + pending.key().fingerprint() + ", last used from " + pending.address()
                                        + " at " + pending.last().truncatedTo(ChronoUnit.SECONDS),
                                Registration.text(registered)));
            });
        }

        private @Nullable PendingKey find(List<PendingKey> waiting) {
            return waiting.stream()
                    .filter(key -> key.key().fingerprint().equals(wanted()))
                    .findFirst()
                    .orElse(null);
        }

        private String wanted() {
            return fingerprint.startsWith("SHA256:") ? fingerprint : "SHA256:" + fingerprint;
        }

        /** Whose it is already, where that is who it was meant for. */
        private KeyOptions.Changed letIn(KeyOptions.Context context) throws CliException, KeyStoreException {
            registration.checkRole(context);
            KeyRecord owner = context.store().list().stream()
                    .filter(key -> key.revoked() == null
                            && AccessOptions.fingerprints(key.access()).contains(wanted()))
                    .findFirst()
                    .orElseThrow(() -> new CliException(
                            ExitCode.USAGE,
                            "no pending key has the fingerprint " + Words.quote(fingerprint)
                                    + " (expected: one that \"corral keys pending\" shows; with the public key itself:"
                                    + " corral keys add-ssh)"));
            KeyState state = owner.state(NanoClock.SYSTEM.epochMillis());
            String whose = "ssh key " + wanted() + " belongs to " + KeysCommand.shown(owner) + " already, which is "
                    + state.label() + " and has role " + Words.quote(owner.role());
            KeyRecord named = Registration.existing(name, context);
            if (named == null || !named.id().equals(owner.id()) || state != KeyState.ACTIVE) {
                throw new CliException(
                        ExitCode.CANNOT_CREATE,
                        whose + " (expected: a pending key; or first corral keys remove-credential " + owner.id()
                                + " ..., or corral keys revoke " + owner.id() + ")");
            }
            return new KeyOptions.Changed(owner, whose + "; nothing has changed.");
        }
    }
}
