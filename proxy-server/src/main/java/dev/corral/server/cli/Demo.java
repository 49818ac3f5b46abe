package dev.corral.server.cli;

import dev.corral.auth.key.NewKey;
import dev.corral.server.config.Environment;
import dev.corral.server.config.Overrides;
import dev.corral.server.demo.StandInOllama;
import dev.corral.server.wiring.Lifecycle;
import dev.corral.server.wiring.Listening;
import dev.corral.server.wiring.StartException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code corral demo}: a whole Corral with a stand-in behind it and nothing kept. */
final class Demo {
    private static final int CLIENTS = 11435;
    private static final int ADMIN = 11436;

    private final Console console;

    Demo(Console console) {
        this.console = console;
    }

    int run(@Nullable String listen, @Nullable String adminListen) throws CliException {
        Path state = null;
        try (StandInOllama ollama = StandInOllama.start()) {
            state = Files.createTempDirectory("corral-demo-");
            return run(
                    ollama,
                    state,
                    new Overrides(
                            listen == null ? free(CLIENTS) : listen,
                            ollama.url().toString(),
                            adminListen == null ? free(ADMIN) : adminListen,
                            null));
        } catch (IOException e) {
            throw new CliException(ExitCode.CANNOT_CREATE, "the demo cannot start: " + e.getMessage());
        } finally {
            Directories.delete(state, console);
        }
    }

    private int run(StandInOllama ollama, Path state, Overrides overrides) throws CliException {
        // Its own surroundings: what the newcomer has configured already has no part in the demo.
        Environment environment = new Environment(
                Map.of("STATE_DIRECTORY", state.toString(), "CORRAL_CONFIG", emptyFile(state)),
                state,
                console.environment().directory());
        Console inside = new Console(
                console.out(),
                console.err(),
                console.outTerminal(),
                console.errColours(),
                console.outJournal(),
                environment);
        ConfigLoader.Loaded loaded = new ConfigLoader(inside).load(null, overrides);
        try (Lifecycle lifecycle = Lifecycle.start(loaded.config(), List.of(new NewKey("demo", "user", null)))) {
            lifecycle.stopOnSignals();
            console.out()
                    .print(text(
                            lifecycle.address(),
                            lifecycle.adminAddress(),
                            ollama,
                            lifecycle.created().get(0).secret()));
            lifecycle.awaitEnd();
        } catch (StartException e) {
            throw CliException.of(e);
        }
        return ExitCode.OK;
    }

    private static String text(
            InetSocketAddress address, @Nullable InetSocketAddress admin, StandInOllama ollama, String key) {
        return """

                Corral listens on %1$s. Behind it is a stand-in for Ollama on %3$s that repeats your words.
                Paste into another terminal:

                # Ollama's own API, streaming
                curl -N %1$s/api/chat -H 'Authorization: Bearer %2$s' -d '{"model":"%4$s","messages":[{"role":"user","content":"Hello, who is there?"}]}'

                # OpenAI's API, streaming
                curl -N %1$s/v1/chat/completions -H 'Authorization: Bearer %2$s' -H 'Content-Type: application/json' -d '{"model":"%4$s","stream":true,"messages":[{"role":"user","content":"Hello, who is there?"}]}'

                # Anthropic's API, streaming
                curl -N %1$s/v1/messages -H 'x-api-key: %2$s' -H 'anthropic-version: 2023-06-01' -H 'Content-Type: application/json' -d '{"model":"%4$s","max_tokens":100,"stream":true,"messages":[{"role":"user","content":"Hello, who is there?"}]}'

                # Which models are there
                curl %1$s/api/tags -H 'Authorization: Bearer %2$s'

                # Refused, 403: this key belongs to a user, and users may not pull models
                curl -i %1$s/api/pull -H 'Authorization: Bearer %2$s' -d '{"model":"llama3.2"}'

                # Refused, 401: no key
                curl -i %1$s/api/tags
                %5$s
                Ctrl-C ends the demo. It keeps nothing; the key dies with it.

                """.formatted(
                Listening.url(address, false),
                key,
                ollama.url(),
                StandInOllama.MODEL,
                admin == null ? "" : "\n# What Corral saw of it\ncurl " + Listening.url(admin, false) + "/metrics\n");
    }

    /** The usual port, so that what the documentation says works; any other where a Corral has it already. */
    private static String free(int usual) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), usual));
            return "127.0.0.1:" + usual;
        } catch (IOException e) {
            return "127.0.0.1:0";
        }
    }

    private static String emptyFile(Path state) throws CliException {
        try {
            return Files.createFile(state.resolve("corral.yaml")).toString();
        } catch (IOException e) {
            throw new CliException(ExitCode.CANNOT_CREATE, "cannot write to " + state + ": " + e.getMessage());
        }
    }
}
