package dev.corral.core.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Looks after the upstream from time to time, on a thread of its own, and keeps its address current: one that was well
 * is only connected to, as Ollama logs each request; one that was not is asked for {@code GET /api/version} until it
 * answers. Only readiness and metrics go by the result: requests are always tried, so that a recovery is never missed.
 * Another Corral is left alone: only its address is kept current.
 */
public final class HealthProbe implements AutoCloseable {
    private static final int ANSWER_MILLIS = 2_000;
    private static final int STATUS_LINE_START = "HTTP/1.1 200".length();

    private final Upstream upstream;
    private final Duration connectTimeout;
    private final ScheduledExecutorService thread;

    /** Begins at once. */
    public HealthProbe(Upstream upstream, Duration connectTimeout) {
        this.upstream = upstream;
        this.connectTimeout = connectTimeout;
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread probe = new Thread(task, "corral-probe");
            probe.setDaemon(true);
            return probe;
        });
        long interval = upstream.settings().probeInterval().toMillis();
        var unused = thread.scheduleWithFixedDelay(this::probe, 0, interval, TimeUnit.MILLISECONDS);
    }

    private void probe() {
        try {
            upstream.resolve();
            if (upstream.remote() == null) {
                upstream.reachable(upstream.reachable() ? connects() : answers());
            }
        } catch (IOException | RuntimeException e) {
            upstream.reachable(false);
        }
    }

    private boolean connects() throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(upstream.address(), (int) connectTimeout.toMillis());
            return true;
        }
    }

    private boolean answers() throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(upstream.address(), (int) connectTimeout.toMillis());
            socket.setSoTimeout(ANSWER_MILLIS);
            String request =
                    "GET /api/version HTTP/1.1\r\nHost: " + upstream.authority() + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            String start = new String(in.readNBytes(STATUS_LINE_START), StandardCharsets.US_ASCII);
            // Any answer of an HTTP server that is not in trouble itself shows that somebody is there.
            return start.length() == STATUS_LINE_START && start.startsWith("HTTP/1.") && start.charAt(9) != '5';
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
