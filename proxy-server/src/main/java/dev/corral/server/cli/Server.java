package dev.corral.server.cli;

import dev.corral.auth.key.CreatedKey;
import dev.corral.auth.key.NewKey;
import dev.corral.server.config.Problem;
import dev.corral.server.metrics.BuildInfo;
import dev.corral.server.metrics.KeyCounts;
import dev.corral.server.wiring.Lifecycle;
import dev.corral.server.wiring.Listening;
import dev.corral.server.wiring.StartException;
import java.net.InetSocketAddress;
import java.util.List;

/** {@code corral serve}: runs until it is told to stop, and says what it is doing. */
final class Server {
    private static final List<NewKey> FIRST_KEYS =
            List.of(new NewKey("admin", "admin", null), new NewKey("user", "user", null));

    private final Console console;

    Server(Console console) {
        this.console = console;
    }

    int serve(ServeOptions options) throws CliException {
        ConfigLoader.Loaded loaded = new ConfigLoader(console).load(options.config(), options.overrides());
        List<NewKey> firstKeys = console.outJournal() ? List.of() : FIRST_KEYS;
        try (Lifecycle lifecycle = Lifecycle.start(loaded.config(), firstKeys)) {
            lifecycle.stopOnSignals();
            banner(lifecycle, loaded);
            firstKeys(lifecycle, loaded);
            lifecycle.awaitEnd();
        } catch (StartException e) {
            throw CliException.of(e);
        }
        return ExitCode.OK;
    }

    void banner(Lifecycle lifecycle, ConfigLoader.Loaded loaded) {
        KeyCounts keys = lifecycle.keys();
        InetSocketAddress admin = lifecycle.adminAddress();
        String trouble = lifecycle.upstreamTrouble();
        console.note(console.strong("Corral " + BuildInfo.load().version()));
        String certificates = lifecycle.certificates();
        String scheme = certificates == null ? "http://" : "https://";
        line("clients", scheme + Listening.text(lifecycle.address()));
        lifecycle.furtherListeners().forEach(listener -> line("", listener));
        if (certificates != null) {
            line("tls", certificates);
        }
        line("admin", admin == null ? "off" : "http://" + Listening.text(admin) + "  /metrics /healthz /readyz");
        line("upstream", lifecycle.upstreamUrl() + (trouble == null ? "  answers" : "  does not answer"));
        line(
                "keys",
                keys.active() + " active, " + keys.expired() + " expired, " + keys.revoked() + " revoked  "
                        + lifecycle.keysPlace());
        line("config", loaded.source());
        for (Problem warning : loaded.warnings()) {
            console.warning(warning.toString());
        }
        if (trouble != null) {
            console.warning(
                    "upstream " + lifecycle.upstreamUrl() + " does not answer (" + trouble
                            + "). Is Ollama running there? If it is elsewhere: --upstream URL, or \"upstream.url\" in the"
                            + " configuration. Corral stays up, answers requests with 502 until then, and says when it is back.");
        }
    }

    private void line(String name, String value) {
        console.note("  " + name + " ".repeat(10 - name.length()) + value);
    }

    private void firstKeys(Lifecycle lifecycle, ConfigLoader.Loaded loaded) {
        List<CreatedKey> created = lifecycle.created();
        if (!created.isEmpty()) {
            StringBuilder text = new StringBuilder("\nThere were no keys yet, so here are the first two. They are shown"
                    + " this once: Corral keeps only digests.\n\n");
            for (CreatedKey one : created) {
                String name = one.key().name();
                text.append("  ")
                        .append(name)
                        .append(" ".repeat(7 - name.length()))
                        .append(one.secret())
                        .append('\n');
            }
            CreatedKey user = created.get(created.size() - 1);
            text.append(
                            "\nThe admin key may do everything, the user key may list and run models. With the user key:\n\n")
                    .append(new ClientSettings(
                                    loaded, lifecycle.address(), user.key().name(), user.secret())
                            .text())
                    .append("\nMore keys: " + loaded.command("corral keys create NAME") + "\n\n");
            console.out().print(text.toString());
        } else if (lifecycle.keys().active() == 0) {
            String create = loaded.command("corral keys create NAME --role admin");
            boolean shared = loaded.config().state().url().shared();
            console.warning("no key is good, so every request is refused. Make one"
                    + (shared
                            ? ", with this configuration: " + create + " (not made here, because"
                                    + " other Corrals may have keys that " + lifecycle.keysPlace() + " has lost)"
                            : ", as the user that Corral runs as: " + create + " --keys-file "
                                    + Words.shell(loaded.config().keysFile().toString())
                                    + (console.outJournal()
                                            ? " (not made here, because the journal would keep its secret)"
                                            : "")));
        }
    }
}
