package dev.corral.server.state;

import dev.corral.server.config.StateSettings;
import dev.corral.server.state.UsageStoreException.Kind;
import java.nio.file.Path;

/** Opens the store that {@code state.url} names. */
public final class UsageStores {
    private UsageStores() {}

    /**
     * For the server, which writes. Blocks on the disk or the network.
     *
     * @param directory the state directory; exists
     */
    public static UsageStore open(StateSettings settings, Path directory) throws UsageStoreException {
        if (settings.url().shared()) {
            throw unknown(settings);
        }
        return SqliteUsageStore.open(directory);
    }

    /**
     * For who only looks, while a server may be running.
     *
     * @throws UsageStoreException of kind MISSING where there is nothing yet
     */
    public static UsageStore openToRead(StateSettings settings, Path directory) throws UsageStoreException {
        if (settings.url().shared()) {
            throw unknown(settings);
        }
        return SqliteUsageStore.openToRead(directory);
    }

    private static UsageStoreException unknown(StateSettings settings) {
        return new UsageStoreException(Kind.IO, "state.url: " + settings.url().text() + " (expected: sqlite)", null);
    }
}
