package dev.corral.auth.key;

import dev.corral.auth.key.KeyStoreException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts every new version of the key file into force within half a second. A version that cannot be used, or no file at
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
    private @Nullable Stamp seen;
    private @Nullable String reported;

    /** What changes when the file does. */
    private record Stamp(@Nullable Object inode, long size, FileTime modified) {}

    public KeyWatcher(KeyStore store, LiveKeyRing live, KeyEvents events) {
        this.store = store;
        this.live = live;
        this.events = events;
        thread.setDaemon(true);
    }

    /** Begins with one load of its own, so that no change since the caller's load is missed. Call once. */
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
            LOG.error("watching {} failed; trying again", store.file(), e);
        }
    }

    /** One look at the file. */
    void poll() {
        Stamp stamp;
        try {
            stamp = stamp();
        } catch (NoSuchFileException e) {
            failed(null, store.file() + " is gone");
            return;
        } catch (IOException e) {
            failed(null, "cannot read " + store.file() + ": " + AtomicFile.reason(e));
            return;
        }
        if (!stamp.equals(seen)) {
            load(stamp);
        }
    }

    // The stamp is older than what is read: a change in between is seen by the next poll.
    private void load(Stamp stamp) {
        KeyRing ring;
        try {
            ring = store.read();
        } catch (KeyStoreException e) {
            // A bad file stays bad until it changes; a failure to read may pass.
            failed(e.kind() == Kind.BAD_FILE ? stamp : null, String.valueOf(e.getMessage()));
            return;
        }
        if (ring == null) {
            failed(null, store.file() + " is gone");
            return;
        }
        seen = stamp;
        reported = null;
        live.replace(ring);
        LOG.info("{} keys in force from {}", ring.size(), store.file());
        events.loaded(ring);
    }

    private void failed(@Nullable Stamp stamp, String reason) {
        boolean known = reason.equals(reported) && (stamp == null || stamp.equals(seen));
        seen = stamp;
        reported = reason;
        if (!known) {
            LOG.error(
                    "{}; the {} keys loaded before stay in force",
                    reason,
                    live.current().size());
            events.failed(store.file(), reason);
        }
    }

    private Stamp stamp() throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(store.file(), BasicFileAttributes.class);
        return new Stamp(attributes.fileKey(), attributes.size(), attributes.lastModifiedTime());
    }
}
