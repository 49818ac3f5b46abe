package dev.corral.server.wiring;

import dev.corral.auth.key.KeyStore;
import dev.corral.core.spi.NanoClock;
import dev.corral.server.config.CorralConfig;
import dev.corral.server.state.SqliteUsageStore;
import dev.corral.server.state.UsageStore;
import dev.corral.server.state.UsageStoreException;
import dev.corral.server.state.redis.SharedState;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where keys and usage are, by the configuration: in files, or with those of other Corrals. For the server and for
 * commands. Opening and what it hands out may block.
 */
public final class Stores implements AutoCloseable {
    /** How long to wait for a store on the network; who asks afterwards is told that it is away. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final CorralConfig config;
    private final KeyStore keys;
    private final @Nullable SharedState shared;

    private Stores(CorralConfig config, KeyStore keys, @Nullable SharedState shared) {
        this.config = config;
        this.keys = keys;
        this.shared = shared;
    }

    /** Touches no file yet. */
    public static Stores open(CorralConfig config, NanoClock clock) {
        if (!config.state().url().shared()) {
            return new Stores(config, new KeyStore(config.keysFile(), clock), null);
        }
        SharedState shared = SharedState.open(config.state(), PATIENCE, clock);
        return new Stores(config, new KeyStore(shared.keys(), clock), shared);
    }

    /** The keys. */
    public KeyStore keys() {
        return keys;
    }

    /** What several Corrals share; null where there is one only. */
    @Nullable
    SharedState shared() {
        return shared;
    }

    /** The usage, for the server; the caller closes it. */
    UsageStore usage() throws UsageStoreException {
        return shared == null ? SqliteUsageStore.open(config.stateDir()) : shared.usage();
    }

    /**
     * The usage, for who only looks while a server may be running; the caller closes it.
     *
     * @throws UsageStoreException of kind MISSING where there is nothing yet
     */
    public UsageStore usageToRead() throws UsageStoreException {
        return shared == null ? SqliteUsageStore.openToRead(config.stateDir()) : shared.usage();
    }

    /** Ends the connection, if there is one. Idempotent. */
    @Override
    public void close() {
        if (shared != null) {
            shared.close();
        }
    }
}
