package dev.corral.server.cli;

import dev.corral.auth.key.NewKey;
import dev.corral.server.config.Environment;
import dev.corral.server.config.Overrides;
import dev.corral.server.demo.StandInOllama;
import dev.corral.server.wiring.Lifecycle;
import dev.corral.server.wiring.StartException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * {@code corral rehearse}: a start, a request of each kind and an end, on loopback, with a stand-in behind it and nothing
 * kept. The launcher has Java write down meanwhile which classes that takes; the start-up archive is made of them.
 */
final class Rehearsal {
    static final String COMMAND = "rehearse";

    private static final Duration LONGEST = Duration.ofSeconds(60);
    private static final int PATIENCE_MILLIS = 20_000;
    // What an operator sets too, so that the readers of these settings are among the classes.
    private static final String CONFIGURATION = """
            roles:
              user:
                groups: [liveness, read, inference]
                models: {allow: ["*"], deny: ["none-*"]}
                rules: {max-tokens: 4096, keep-alive: {max: 30m}}
                limits: {requests-per-minute: 6000, tokens-per-day: 1M, concurrency: 4}
            timeouts: {drain: 5s}
            """;
    private static final String CHAT = "{\"model\":\"" + StandInOllama.MODEL
            + "\",%s\"messages\":[{\"role\":\"user\",\"content\":\"one two three\"}]}";

    private final Console console;

    Rehearsal(Console console) {
        this.console = console;
    }

    int run() throws CliException {
        Thread watch = watch();
        Path state = null;
        try (StandInOllama ollama = StandInOllama.start(Duration.ZERO)) {
            state = Files.createTempDirectory("corral-rehearsal-");
            run(ollama, state);
            return ExitCode.OK;
        } catch (IOException e) {
            throw new CliException(ExitCode.IO, "the rehearsal failed: " + e.getMessage());
        } finally {
            Directories.delete(state, console);
            watch.interrupt();
        }
    }

    private void run(StandInOllama ollama, Path state) throws CliException, IOException {
        Path file = Files.writeString(state.resolve("corral.yaml"), CONFIGURATION);
        Environment environment = new Environment(
                Map.of("STATE_DIRECTORY", state.toString()),
                state,
                console.environment().directory());
        Console inside = new Console(console.out(), console.err(), false, false, false, environment);
        Overrides overrides = new Overrides("127.0.0.1:0", ollama.url().toString(), "127.0.0.1:0", null);
        ConfigLoader.Loaded loaded = new ConfigLoader(inside).load(file.toString(), overrides);
        try (Lifecycle lifecycle = Lifecycle.start(loaded.config(), List.of(new NewKey("rehearsal", "user", null)))) {
            lifecycle.stopOnSignals();
            new Server(inside).banner(lifecycle, loaded);
            requests(lifecycle, lifecycle.created().get(0).secret());
            lifecycle.stop("the rehearsal is over");
            lifecycle.awaitEnd();
        } catch (StartException e) {
            throw CliException.of(e);
        }
    }

    private static void requests(Lifecycle lifecycle, String key) throws IOException {
        InetSocketAddress clients = lifecycle.address();
        String authorization = "Authorization: Bearer " + key + "\r\n";
        expect(200, clients, "GET /api/tags", authorization, "");
        expect(200, clients, "POST /api/chat", authorization, CHAT.formatted("\"stream\":false,"));
        expect(200, clients, "POST /api/chat", authorization, CHAT.formatted(""));
        expect(200, clients, "POST /v1/chat/completions", authorization, CHAT.formatted("\"stream\":true,"));
        expect(200, clients, "GET /-/me", authorization, "");
        expect(401, clients, "GET /api/tags", "", "");
        expect(403, clients, "POST /api/pull", authorization, "{}");
        InetSocketAddress admin = lifecycle.adminAddress();
        if (admin != null) {
            expect(200, admin, "GET /metrics", "", "");
            expect(200, admin, "GET /healthz", "", "");
        }
    }

    private static void expect(int status, InetSocketAddress address, String line, String headers, String body)
            throws IOException {
        String host = address.getAddress().getHostAddress() + ":" + address.getPort();
        String request = line + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n" + headers
                + (body.isEmpty() ? "" : "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n")
                + "\r\n" + body;
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(address, PATIENCE_MILLIS);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            String answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            if (!answer.startsWith("HTTP/1.1 " + status + " ")) {
                throw new IOException(line + " was answered " + firstLine(answer) + " (expected: " + status + ")");
            }
        }
    }

    private static String firstLine(String answer) {
        int end = answer.indexOf('\r');
        return end < 0 ? "with nothing" : answer.substring(0, end);
    }

    /** Nobody waits for this in vain. */
    private static Thread watch() {
        Thread watch = new Thread(
                () -> {
                    try {
                        Thread.sleep(LONGEST.toMillis());
                        Runtime.getRuntime().halt(ExitCode.SOFTWARE);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "corral-rehearsal-watch");
        watch.setDaemon(true);
        watch.start();
        return watch;
    }
}
