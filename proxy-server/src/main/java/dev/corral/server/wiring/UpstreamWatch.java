package dev.corral.server.wiring;

import dev.corral.core.UpstreamSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says when the upstream goes and when it comes back; asks the data path, on a thread of its own. */
final class UpstreamWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UpstreamWatch.class);
    private static final Duration INTERVAL = Duration.ofMillis(250);

    private final UpstreamSettings upstream;
    private final BooleanSupplier reachable;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "corral-upstream-watch");
    private boolean up;

    UpstreamWatch(UpstreamSettings upstream, BooleanSupplier reachable) {
        this.upstream = upstream;
        this.reachable = reachable;
        thread.setDaemon(true);
    }

    static String url(UpstreamSettings upstream) {
        String host = upstream.host();
        return "http://" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + upstream.port();
    }

    /**
     * Waits a little for the first word on the upstream, then begins to watch. Call once.
     *
     * @param patience how long to wait where a connection can be made but nothing has answered yet
     * @return null where it answers, else why not
     */
    @Nullable
    String start(Duration patience) {
        String trouble = reachable.getAsBoolean() ? null : connect(patience);
        if (trouble == null) {
            long deadline = System.nanoTime() + patience.toNanos();
            up = reachable.getAsBoolean();
            while (!up && System.nanoTime() < deadline && !stopped(Duration.ofMillis(10))) {
                up = reachable.getAsBoolean();
            }
            trouble = up ? null : "something accepts connections there but does not answer as Ollama does";
        }
        thread.start();
        return trouble;
    }

    /** Ends the thread; returns at once. */
    @Override
    public void close() {
        stop.countDown();
    }

    private void run() {
        while (!stopped(INTERVAL)) {
            boolean now = reachable.getAsBoolean();
            if (now && !up) {
                LOG.info("upstream {} answers", url(upstream));
            } else if (!now && up) {
                LOG.warn("upstream {} does not answer any more; requests get 502 until it does", url(upstream));
            }
            up = now;
        }
    }

    private boolean stopped(Duration within) {
        try {
            return stop.await(within.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    // The data path knows only whether; this finds out why.
    private @Nullable String connect(Duration patience) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(upstream.host(), upstream.port()), (int) patience.toMillis());
            return null;
        } catch (UnknownHostException e) {
            return "no such host";
        } catch (SocketTimeoutException e) {
            return "no answer within " + patience.toMillis() + " ms";
        } catch (IOException e) {
            String message = e.getMessage();
            return message == null ? e.getClass().getSimpleName() : message.toLowerCase(Locale.ROOT);
        }
    }
}
