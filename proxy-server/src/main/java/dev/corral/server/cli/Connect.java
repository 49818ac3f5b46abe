package dev.corral.server.cli;

import dev.corral.server.connect.AuthorityFile;
import dev.corral.server.connect.ConnectException;
import dev.corral.server.connect.ConnectSettings;
import dev.corral.server.connect.Credential;
import dev.corral.server.connect.CredentialFile;
import dev.corral.server.connect.CredentialWatch;
import dev.corral.server.connect.LiveCredential;
import dev.corral.server.connect.LocalAddress;
import dev.corral.server.connect.LocalHelper;
import dev.corral.server.connect.RemoteUrl;
import dev.corral.server.wiring.Signals;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** {@code corral connect}: runs until it is told to stop. */
final class Connect {
    private static final String KEY = "CORRAL_KEY";
    private static final int HURRY = 130;

    private final Console console;

    /** What the command line said; files not looked at yet. */
    record Options(
            String url,
            @Nullable String listen,
            @Nullable Path keyFile,
            boolean sign,
            @Nullable Path signWith,
            @Nullable Path authority) {}

    /** A credential and, where it is from one, the file that is looked after. */
    private record Source(LiveCredential live, @Nullable CredentialWatch file) {
        Source(Credential fixed) {
            this(new LiveCredential(fixed), null);
        }

        Source(CredentialWatch file) {
            this(file.live(), file);
        }
    }

    Connect(Console console) {
        this.console = console;
    }

    int run(Options options) throws CliException, ConnectException {
        RemoteUrl url = RemoteUrl.parse(options.url());
        LocalAddress listen = options.listen() == null ? LocalAddress.OLLAMA : LocalAddress.parse(options.listen());
        Source source = credential(options, url);
        ConnectSettings settings = new ConnectSettings(
                url,
                listen,
                source.live(),
                options.authority() == null ? List.of() : AuthorityFile.read(resolve(options.authority())),
                console.environment().bufferedBodies());
        if (options.authority() != null && !url.tls()) {
            throw new CliException(
                    ExitCode.USAGE,
                    "--ca-file is for https://, and " + url.shown() + " is not (expected: one of them)");
        }
        CountDownLatch stop = new CountDownLatch(1);
        Signals.handle(name -> {
            if (stop.getCount() == 0) {
                Runtime.getRuntime().halt(HURRY);
            }
            stop.countDown();
        });
        ConnectReport report = new ConnectReport(console, url);
        try (LocalHelper helper = LocalHelper.start(settings)) {
            ConnectWatch watch = new ConnectWatch(helper, source.live(), source.file(), report);
            watch.start();
            stop.await();
            watch.end();
            helper.drain();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return ExitCode.OK;
    }

    private Source credential(Options options, RemoteUrl url) throws CliException, ConnectException {
        boolean signs = options.sign() || options.signWith() != null;
        if (signs && options.keyFile() != null) {
            throw new CliException(ExitCode.USAGE, "--key-file and --sign are two credentials (expected: one)");
        }
        if (signs) {
            Path file = options.signWith() == null
                    ? console.environment().home().resolve(".ollama/id_ed25519")
                    : resolve(options.signWith());
            return new Source(CredentialWatch.of(new CredentialFile(file, CredentialFile.Kind.SSH)));
        }
        if (options.keyFile() != null) {
            CredentialFile file = new CredentialFile(resolve(options.keyFile()), CredentialFile.Kind.KEY);
            return new Source(CredentialWatch.of(file));
        }
        String key = console.environment().variables().getOrDefault(KEY, "");
        if (!key.isBlank()) {
            return new Source(Credential.ofKey(key, "$" + KEY));
        }
        if (!url.prefix().isEmpty()) {
            return new Source(Credential.PATH);
        }
        throw new CliException(
                ExitCode.USAGE, "missing: a credential (expected: --key-file FILE, or $" + KEY + ", or --sign)");
    }

    private Path resolve(Path file) {
        return console.environment().directory().resolve(file);
    }
}
