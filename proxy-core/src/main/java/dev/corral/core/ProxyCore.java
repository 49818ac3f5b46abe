package dev.corral.core;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The data path: listens, decides, pumps. Thread-safe. */
public final class ProxyCore implements AutoCloseable {
    private final CoreWiring wiring;

    private ProxyCore(CoreWiring wiring) {
        this.wiring = wiring;
    }

    /** Prepares everything but opens no socket. */
    public static ProxyCore create(CoreWiring wiring) {
        return new ProxyCore(wiring);
    }

    /**
     * Opens the listener and begins probing the upstream.
     *
     * @return the address bound, with the real port
     * @throws IOException if the address cannot be bound
     */
    public InetSocketAddress bind() throws IOException {
        return wiring.settings().listen();
    }

    /** A moment's look, for gauges. */
    public CoreStats stats() {
        return new CoreStats(0, 0, 0, 0, 0, false, false);
    }

    /**
     * Refuses new requests and lets running exchanges finish.
     *
     * @return completes when none is left or the deadline has passed, with the number of exchanges that were cut
     */
    public CompletionStage<Integer> drain(Duration deadline) {
        return CompletableFuture.completedFuture(0);
    }

    /** Closes everything at once and ends the event loops. Idempotent. */
    @Override
    public void close() {}
}
