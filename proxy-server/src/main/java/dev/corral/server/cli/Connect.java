package dev.corral.server.cli;

import dev.corral.core.spi.NanoClock;
import dev.corral.core.spi.UpstreamCredential;
import dev.corral.server.connect.AuthorityFile;
import dev.corral.server.connect.ConnectException;
import dev.corral.server.connect.ConnectSettings;
import dev.corral.server.connect.KeyCredential;
import dev.corral.server.connect.LocalAddress;
import dev.corral.server.connect.LocalHelper;
import dev.corral.server.connect.RemoteAnswer;
import dev.corral.server.connect.RemoteUrl;
import dev.corral.server.connect.SigningCredential;
import dev.corral.server.wiring.Signals;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** {@code corral connect}: runs until it is told to stop. */
final class Connect {
    private static final int BAD_REQUEST = 400;
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

    /** A credential and how it is spoken of. */
    private record Named(UpstreamCredential credential, String name) {}

    Connect(Console console) {
        this.console = console;
    }

    int run(Options options) throws CliException, ConnectException {
        RemoteUrl url = RemoteUrl.parse(options.url());
        LocalAddress listen = options.listen() == null ? LocalAddress.OLLAMA : LocalAddress.parse(options.listen());
        Named named = credential(options, url);
        ConnectSettings settings = new ConnectSettings(
                url,
                listen,
                named.credential(),
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
        try (LocalHelper helper = LocalHelper.start(settings)) {
            tell(helper, url, named);
            stop.await();
            helper.drain();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return ExitCode.OK;
    }

    private Named credential(Options options, RemoteUrl url) throws CliException, ConnectException {
        boolean signs = options.sign() || options.signWith() != null;
        if (signs && options.keyFile() != null) {
            throw new CliException(ExitCode.USAGE, "--key-file and --sign are two credentials (expected: one)");
        }
        if (signs) {
            Path file = options.signWith() == null
                    ? console.environment().home().resolve(".ollama/id_ed25519")
                    : resolve(options.signWith());
            SigningCredential signing = SigningCredential.ofFile(file, NanoClock.SYSTEM);
            return new Named(signing, "the signature of " + signing.fingerprint());
        }
        if (options.keyFile() != null) {
            Path file = resolve(options.keyFile());
            return new Named(KeyCredential.ofFile(file), "the key of " + file);
        }
        String key = console.environment().variables().getOrDefault(KEY, "");
        if (!key.isBlank()) {
            return new Named(KeyCredential.of(key, "$" + KEY), "the key of $" + KEY);
        }
        if (!url.prefix().isEmpty()) {
            return new Named(UpstreamCredential.NONE, "the path of the URL");
        }
        throw new CliException(
                ExitCode.USAGE, "missing: a credential (expected: --key-file FILE, or $" + KEY + ", or --sign)");
    }

    private Path resolve(Path file) {
        return console.environment().directory().resolve(file);
    }

    private void tell(LocalHelper helper, RemoteUrl url, Named named) throws InterruptedException {
        String here = helper.url();
        RemoteAnswer answer = helper.ask();
        console.note(console.strong(here) + " leads to " + url.shown() + ", which " + verdict(answer, named) + ".");
        boolean usual = helper.address().getPort() == LocalAddress.OLLAMA.port();
        console.note("Programs " + (usual ? "that look for Ollama there need no setting; others: " : "need: ")
                + "OLLAMA_HOST=" + here + ", or " + here + "/v1 for OpenAI's, with any key. Ctrl-C ends it.");
        if (url.readableOnTheWay()) {
            console.warning(url.shown() + " is not encrypted: who can read the network on the way reads "
                    + (named.credential() instanceof SigningCredential ? "what is asked" : "the key")
                    + ", so use https:// beyond your own machine");
        }
        if (answer.refused()) {
            refused(answer, named);
        } else if (!answer.accepted()) {
            console.warning(trouble(answer, url));
        }
    }

    private static String trouble(RemoteAnswer answer, RemoteUrl url) {
        if (answer.error().isEmpty() && answer.status() == BAD_REQUEST && !url.tls()) {
            // What a listener for TLS says to who does not speak it.
            return "it does not understand plain HTTP; perhaps it is https:// there";
        }
        if (answer.error().isEmpty()) {
            return "it answers with status " + answer.status() + ", which no Corral does; is the URL right?";
        }
        return answer.reached() || url.tls() ? answer.error() : answer.error() + "; perhaps it is https:// there";
    }

    private static String verdict(RemoteAnswer answer, Named named) {
        if (answer.accepted()) {
            return "answers and accepts " + named.name();
        }
        return answer.refused()
                ? "answers but refuses " + named.name()
                : answer.reached() ? "answers otherwise than expected" : "cannot be used now";
    }

    private void refused(RemoteAnswer answer, Named named) {
        if (named.credential() instanceof SigningCredential signing) {
            console.warning("the key that signs is not registered there, or the two clocks differ by minutes. The"
                    + " administrator lets it in with:");
            console.note("  corral keys add-ssh YOUR-NAME '" + signing.authorizedKey() + "'");
        } else {
            console.warning("the key is not good there: mistyped, expired, revoked, or of another Corral");
        }
        if (!answer.help().isEmpty()) {
            console.note("  see " + answer.help());
        }
    }
}
