package dev.corral.server.cli;

import dev.corral.auth.key.KeyRing;
import dev.corral.auth.key.KeyStore;
import dev.corral.auth.key.KeyStoreException;
import dev.corral.core.spi.NanoClock;
import dev.corral.server.config.CorralConfig;
import dev.corral.server.state.UsageEntry;
import dev.corral.server.state.UsageStore;
import dev.corral.server.state.UsageStoreException;
import dev.corral.server.state.UsageStores;
import dev.corral.server.state.redis.SharedState;
import java.io.IOException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where a command finds usage and the names of keys: files, or the store that replicas share. */
final class UsageSource implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final @Nullable SharedState shared;
    private final @Nullable UsageStore store;
    private final KeyRing keys;
    private final String place;

    private UsageSource(@Nullable SharedState shared, @Nullable UsageStore store, KeyRing keys, String place) {
        this.shared = shared;
        this.store = store;
        this.keys = keys;
        this.place = place;
    }

    /** Opens both for reading. */
    static UsageSource open(CorralConfig config) throws CliException {
        if (!config.state().url().shared()) {
            KeyRing keys = load(new KeyStore(config.keysFile(), NanoClock.SYSTEM));
            return new UsageSource(null, file(config), keys, config.stateDir().toString());
        }
        SharedState shared = SharedState.open(config.state(), PATIENCE, NanoClock.SYSTEM);
        boolean done = false;
        try {
            KeyRing keys = load(new KeyStore(shared.keys(), NanoClock.SYSTEM));
            UsageSource source = new UsageSource(shared, shared.usage(), keys, shared.place());
            done = true;
            return source;
        } finally {
            if (!done) {
                shared.close();
            }
        }
    }

    KeyRing keys() {
        return keys;
    }

    /** For messages. */
    String place() {
        return place;
    }

    /**
     * Shows what was used on these days.
     *
     * @return false where there is no store yet
     */
    boolean each(LocalDate first, LocalDate last, Consumer<UsageEntry> to) throws CliException {
        if (store == null) {
            return false;
        }
        try {
            store.each(first, last, to);
            return true;
        } catch (UsageStoreException e) {
            throw CliException.of(e);
        } catch (IOException e) {
            throw new CliException(ExitCode.IO, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void close() throws CliException {
        try {
            if (store != null) {
                store.close();
            }
        } catch (IOException e) {
            throw new CliException(ExitCode.IO, "cannot close " + place + ": " + e.getMessage());
        } finally {
            if (shared != null) {
                shared.close();
            }
        }
    }

    private static @Nullable UsageStore file(CorralConfig config) throws CliException {
        try {
            return UsageStores.openToRead(config.state(), config.stateDir());
        } catch (UsageStoreException e) {
            if (e.kind() == UsageStoreException.Kind.MISSING) {
                return null;
            }
            throw CliException.of(e);
        }
    }

    private static KeyRing load(KeyStore store) throws CliException {
        try {
            return store.load();
        } catch (KeyStoreException e) {
            throw CliException.of(e);
        }
    }
}
