package dev.corral.server.cli;

import dev.corral.auth.jwt.CaFile;
import dev.corral.auth.key.KeyRing;
import dev.corral.auth.key.KeyState;
import dev.corral.auth.key.KeyStore;
import dev.corral.auth.key.KeyStoreException;
import dev.corral.core.spi.NanoClock;
import dev.corral.server.config.CorralConfig;
import dev.corral.server.config.EffectiveConfig;
import dev.corral.server.config.Overrides;
import dev.corral.server.config.Problem;
import dev.corral.server.tls.KeptCertificates;
import dev.corral.server.tls.TlsCheck;
import dev.corral.server.wiring.MissingRoles;
import dev.corral.server.wiring.Stores;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Reads the configuration and the key file as {@code serve} would, and starts nothing. */
@Command(
        name = "check",
        description = "Reads the configuration and prints every problem (exit code 78), or the configuration as it"
                + " takes effect; a role is shown with what differs from the safe rules, which docs/policy.md explains."
                + " Also reads the key file (exit code 65 where it is broken).",
        mixinStandardHelpOptions = true,
        versionProvider = CorralCommand.Version.class,
        footerHeading = "%nExamples:%n",
        footer = {
            "  corral check --config /etc/corral/corral.yaml",
            "  corral check > all-settings.yaml  a file with every setting to start from"
        })
final class CheckCommand implements Callable<Integer> {
    private final Console console;

    @Option(names = "--config", paramLabel = "FILE", description = "the configuration (otherwise as for serve)")
    private @Nullable String config;

    CheckCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws CliException {
        ConfigLoader.Loaded loaded = new ConfigLoader(console).load(config, Overrides.NONE);
        if (loaded.file() != null && Terminal.outputIs(loaded.file())) {
            throw new CliException(
                    ExitCode.CONFIG,
                    "standard output is the configuration " + loaded.file()
                            + " itself, which > empties before it is read"
                            + " (expected: another file, such as all-settings.yaml)");
        }
        console.out().print(EffectiveConfig.render(loaded.config()));
        console.note("configuration: " + loaded.source());
        for (Problem warning : loaded.warnings()) {
            console.warning(warning.toString());
        }
        tls(loaded.config());
        issuers(loaded.config());
        console.note("keys: " + keys(loaded.config()));
        return ExitCode.OK;
    }

    private static void issuers(CorralConfig config) throws CliException {
        List<String> problems = CaFile.problems(config.auth().jwt());
        if (!problems.isEmpty()) {
            throw new CliException(ExitCode.CONFIG, String.join("\n", problems));
        }
    }

    private void tls(CorralConfig config) throws CliException {
        if (!config.tls().on()) {
            return;
        }
        try {
            KeptCertificates kept = KeptCertificates.of(config);
            kept.certificates().forEach(one -> console.note("certificate: " + one));
            kept.warnings().forEach(console::warning);
        } catch (IOException e) {
            throw new CliException(ExitCode.CONFIG, "tls: " + e.getMessage());
        }
        TlsCheck check = TlsCheck.of(config.tls(), Instant.ofEpochMilli(NanoClock.SYSTEM.epochMillis()));
        check.certificates().forEach(one -> console.note("certificate: " + one));
        check.warnings().forEach(console::warning);
        if (!check.problems().isEmpty()) {
            throw new CliException(ExitCode.CONFIG, String.join("\n", check.problems()));
        }
    }

    private String keys(CorralConfig config) throws CliException {
        try (Stores stores = Stores.open(config, NanoClock.SYSTEM)) {
            KeyStore store = stores.keys();
            KeyRing ring = store.load();
            long now = NanoClock.SYSTEM.epochMillis();
            MissingRoles.sentences(ring.records(), config.roles().keySet(), now).forEach(console::warning);
            return ring.isEmpty()
                    ? "none yet in " + store.place()
                    : ring.size() + " in " + store.place() + ", " + ring.count(KeyState.ACTIVE, now)
                            + " of them active";
        } catch (KeyStoreException e) {
            throw CliException.of(e);
        }
    }
}
