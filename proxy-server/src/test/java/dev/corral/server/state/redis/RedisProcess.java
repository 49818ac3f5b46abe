package dev.corral.server.state.redis;

import java.io.File;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis server in a process of its own, which can be killed, frozen and started again. The program is the one that
 * embedded-redis brings, or the one that the system property {@code corral.test.redis} names.
 */
final class RedisProcess implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final Path PROGRAM = program();

    private final Path directory;
    private final List<String> settings;
    private final int port;
    private @Nullable Process process;

    RedisProcess(Path directory, String... settings) throws IOException {
        this(directory, freePort(), settings);
    }

    private RedisProcess(Path directory, int port, String... settings) throws IOException {
        this.port = port;
        this.directory = Files.createDirectories(directory.resolve("redis-" + port));
        this.settings = List.of(settings);
        start();
    }

    /**
     * One that a SIGKILL makes forget nothing that it has answered: each write is with the kernel before its answer. By
     * default it is not, for up to two seconds, where the disk is slow to sync.
     */
    static RedisProcess durable(Path directory) throws IOException {
        return new RedisProcess(directory, "--appendonly", "yes", "--appendfsync", "no");
    }

    /** A Sentinel that looks after a server. */
    static RedisProcess sentinel(Path directory, int port, int master) throws IOException {
        Path file = Files.writeString(
                directory.resolve("sentinel-" + port + ".conf"),
                "sentinel monitor main 127.0.0.1 " + master + " 1\nsentinel down-after-milliseconds main 1000\n"
                        + "sentinel failover-timeout main 3000\n");
        return new RedisProcess(directory, port, file.toString(), "--sentinel");
    }

    private static Path program() {
        String named = System.getProperty("corral.test.redis", "");
        try {
            return named.isEmpty()
                    ? ExecutableProvider.newJarResourceProvider().get().toPath()
                    : Path.of(named);
        } catch (IOException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * One that stays free while its server is down: below those that the kernel gives to whoever wants any. A cluster's
     * servers talk to each other on a port that is 10,000 higher.
     */
    static int freePort() throws IOException {
        for (int tries = 0; tries < 100; tries++) {
            int port = ThreadLocalRandom.current().nextInt(12_000, 22_000);
            if (isFree(port) && isFree(port + 10_000)) {
                return port;
            }
        }
        throw new IOException("no free port from 12000 to 22000");
    }

    private static boolean isFree(int port) throws IOException {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (BindException e) {
            return false;
        }
    }

    int port() {
        return port;
    }

    InetSocketAddress address() {
        return InetSocketAddress.createUnresolved("127.0.0.1", port);
    }

    /** Starts it and waits until it answers. */
    void start() throws IOException {
        List<String> command = new ArrayList<>(List.of(PROGRAM.toString()));
        boolean file = !settings.isEmpty() && settings.get(0).endsWith(".conf");
        if (file) {
            command.add(settings.get(0));
        }
        command.addAll(List.of("--port", Integer.toString(port), "--bind", "127.0.0.1", "--dir", directory.toString()));
        if (!file && !settings.contains("--save")) {
            command.addAll(List.of("--save", ""));
        }
        command.addAll(file ? settings.subList(1, settings.size()) : settings);
        File log = directory.resolve("log").toFile();
        Process started = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start();
        process = started;
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!answers()) {
            if (System.nanoTime() - end > 0 || !started.isAlive()) {
                throw new IOException("no Redis on port " + port + ": " + Files.readString(log.toPath()));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    private boolean answers() {
        try {
            return command("PING").startsWith("+PONG");
        } catch (IOException e) {
            return false;
        }
    }

    /** Sends one command over a connection of its own; the first line of the answer. */
    String command(String line) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
            byte[] answer = new byte[4_096];
            int read = socket.getInputStream().read(answer);
            return read < 0 ? "" : new String(answer, 0, read, StandardCharsets.UTF_8);
        }
    }

    /** SIGKILL. */
    void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            running.onExit().join();
        }
    }

    /** SIGSTOP: connections stay, nothing answers. */
    void freeze() throws IOException {
        signal("-STOP");
    }

    /** SIGCONT. */
    void thaw() throws IOException {
        signal("-CONT");
    }

    private void signal(String name) throws IOException {
        Process running = process;
        if (running == null) {
            throw new IOException("Redis does not run");
        }
        new ProcessBuilder("kill", name, Long.toString(running.pid()))
                .inheritIO()
                .start()
                .onExit()
                .join();
    }

    @Override
    public void close() {
        kill();
    }
}
