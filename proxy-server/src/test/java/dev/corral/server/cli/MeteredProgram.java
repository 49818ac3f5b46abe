package dev.corral.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.corral.core.testkit.FakeOllama;
import dev.corral.core.testkit.RawClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The program in front of a scripted upstream, with limits from a file as an operator writes them. */
final class MeteredProgram implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String CLIENTS = "^  clients +http://(\\S+)$";
    private static final String ADMIN = "^  admin +http://(\\S+) ";

    private final Path home;
    private final Path config;
    private final CorralProcess process;
    private final InetSocketAddress address;
    private final InetSocketAddress admin;

    /**
     * Writes the configuration.
     *
     * @param settings what it says beside addresses and folders
     */
    static void configure(Path home, FakeOllama ollama, String settings) throws IOException {
        Files.writeString(
                config(home),
                "listen: 127.0.0.1:0\nadmin: {listen: 127.0.0.1:0}\nstate-dir: " + home.resolve("state") + "\n"
                        + settings.replace("UPSTREAM", "http://127.0.0.1:" + ollama.port()));
    }

    /** Starts it as it was configured. */
    MeteredProgram(Path home) throws IOException {
        this.home = home;
        this.config = config(home);
        this.process = new CorralProcess(home, "serve", "--config", config.toString());
        this.address = address(process.awaitLine(CLIENTS));
        this.admin = address(process.awaitLine(ADMIN));
    }

    InetSocketAddress address() {
        return address;
    }

    RawClient client() throws IOException {
        return RawClient.connect(address);
    }

    /** A new key; what follows its role are the limits of its own. */
    static String createKey(Path home, String name, String role, String... limits) {
        List<String> arguments = new ArrayList<>(List.of("keys", "create", name, "--role", role));
        arguments.addAll(List.of("--config", config(home).toString()));
        arguments.addAll(List.of(limits));
        CommandRun run = CommandRun.of(home, arguments.toArray(String[]::new));
        return run.out().lines().findFirst().orElseThrow(() -> new AssertionError(run));
    }

    /** What {@code corral usage} says, as JSON. */
    String usage(String... arguments) {
        List<String> all = new ArrayList<>(List.of("usage", "--config", config.toString(), "--format", "json"));
        all.addAll(List.of(arguments));
        return CommandRun.of(home, all.toArray(String[]::new)).out();
    }

    /** What {@code GET /-/me} says to a key. */
    JsonNode me(String key) throws IOException {
        try (RawClient client = client()) {
            client.send("GET /-/me HTTP/1.1\r\nHost: corral.test\r\nAuthorization: Bearer " + key + "\r\n\r\n");
            return json(client.read().text());
        }
    }

    /** The page for Prometheus. */
    String metrics() throws IOException {
        try (RawClient client = RawClient.connect(admin)) {
            client.send("GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
            return client.read().text();
        }
    }

    static JsonNode json(String text) throws IOException {
        return JSON.readTree(text);
    }

    /** Ends it as a supervisor does. */
    void stop() throws InterruptedException {
        process.terminate();
        process.exitCode();
    }

    /** What it printed, for the message of a failure. */
    String said() {
        return process.out() + process.err();
    }

    @Override
    public void close() {
        process.close();
    }

    private static Path config(Path home) {
        return home.resolve("corral.yaml");
    }

    private static InetSocketAddress address(String hostAndPort) {
        URI uri = URI.create("http://" + hostAndPort);
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), uri.getPort());
    }
}
