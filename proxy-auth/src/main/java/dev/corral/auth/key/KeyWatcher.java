package dev.corral.auth.key;

import dev.corral.auth.key.KeyStoreException.Kind;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts every new version of the keys into force within half a second. A version that cannot be used, or no document at
 * all, changes nothing but is reported once.
 *
 * <p>Polls on its own daemon thread: file system notifications do not exist on every file system.
 */
public final class KeyWatcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeyWatcher.class);
    private static final long INTERVAL_MILLIS = 250;

    private final KeyStore store;
    private final LiveKeyRing live;
    private final KeyEvents events;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "corral-keys");

    // Of the thread alone.
    private @Nullable Object inForce;
    private @Nullable Object seen;
    private @Nullable String reported;

    public KeyWatcher(KeyStore store, LiveKeyRing live, KeyEvents events) {
        this(store, live, events, null);
    }

    /**
     * Watches on from keys that are in force already.
     *
     * @param version of what is in force, as {@link KeyStore#loadVersion} has it; null where that is not known
     */
    public KeyWatcher(KeyStore store, LiveKeyRing live, KeyEvents events, @Nullable Object version) {
        this.inForce = version;
        this.store = store;
        this.live = live;
        this.events = events;
        thread.setDaemon(true);
    }

    /** Begins at once, and with a load unless the version in force is the newest. Call once. */
    public void start() {
        thread.start();
    }

    /** Ends the thread; returns at once. */
    @Override
    public void close() {
        stop.countDown();
    }

    private void run() {
        try {
            do {
                pollSafely();
            } while (!stop.await(INTERVAL_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // A listener's bug must not end the watch: revocations would silently stop working.
    private void pollSafely() {
        try {
            poll();
        } catch (RuntimeException e) {
            LOG.error("watching {} failed; trying again", store.place(), e);
        }
    }

    /** One look. */
    void poll() {
        Object version;
        try {
            version = store.version();
        } catch (KeyStoreException e) {
            failed(null, String.valueOf(e.getMessage()));
            return;
        }
        if (version == null) {
            failed(null, store.place() + " is gone");
        } else if (version.equals(inForce)) {
            loaded(live.current(), version);
        } else if (!version.equals(seen)) {
            load(version);
        }
        inForce = null;
    }

    // The version is older than what is read: a change in between is seen by the next poll.
    private void load(Object version) {
        KeyRing ring;
        try {
            ring = store.read();
        } catch (KeyStoreException e) {
            // A bad document stays bad until it changes; a failure to read may pass.
            failed(e.kind() == Kind.BAD_FILE ? version : null, String.valueOf(e.getMessage()));
            return;
        }
        if (ring == null) {
            failed(null, store.place() + " is gone");
            return;
        }
        live.replace(ring);
        loaded(ring, version);
    }

    private void loaded(KeyRing ring, Object version) {
        seen = version;
        reported = null;
        LOG.info("{} keys in force from {}", ring.size(), store.place());
        events.loaded(ring);
    }

    private void failed(@Nullable Object version, String reason) {
        boolean known = reason.equals(reported) && (version == null || version.equals(seen));
        seen = version;
        reported = reason;
        if (!known) {
            LOG.error(
                    "{}; the {} keys loaded before stay in force",
                    reason,
                    live.current().size());
            events.failed(store.place(), reason);
        }
    }
}
