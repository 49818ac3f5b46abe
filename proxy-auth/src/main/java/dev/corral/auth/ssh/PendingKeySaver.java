package dev.corral.auth.ssh;

import dev.corral.auth.key.KeyStoreException;
import dev.corral.auth.key.SshPublicKey;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers the keys that wait, and saves them half a second after somebody new came: at most twice a second, however many
 * come. Its thread lives only while there is something to save. What cannot be saved is remembered all the same.
 */
public final class PendingKeySaver implements OllamaSignatureAuthenticator.UnknownKeys, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PendingKeySaver.class);
    private static final long DELAY_MILLIS = 500;

    private final PendingKeys pending;
    private final Path file;
    private final ScheduledThreadPoolExecutor worker = new ScheduledThreadPoolExecutor(1, PendingKeySaver::thread);
    private final AtomicBoolean scheduled = new AtomicBoolean();
    // Of the worker alone.
    private @Nullable String reported;

    /** Saves nothing yet. */
    public PendingKeySaver(PendingKeys pending, Path file) {
        this.pending = pending;
        this.file = file;
        worker.setKeepAliveTime(1, TimeUnit.SECONDS);
        worker.allowCoreThreadTimeOut(true);
        worker.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "corral-pending-keys");
        thread.setDaemon(true);
        return thread;
    }

    /** Takes over what an earlier run saved; blocks. A file that cannot be read counts for none. */
    public void restore() {
        try {
            pending.restore(PendingKeyFile.read(file));
        } catch (KeyStoreException e) {
            LOG.warn("{}; nobody is remembered who waits to be let in", e.getMessage());
        }
    }

    @Override
    public void signed(SshPublicKey key, InetAddress from) {
        if (pending.saw(key, from) && scheduled.compareAndSet(false, true)) {
            try {
                var unused = worker.schedule(this::save, DELAY_MILLIS, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                // Closed: close has saved.
            }
        }
    }

    // Synchronized: close saves too, and two writers of one file must not meet.
    private synchronized void save() {
        scheduled.set(false);
        try {
            PendingKeyFile.write(file, pending.list());
            reported = null;
        } catch (KeyStoreException e) {
            String problem = String.valueOf(e.getMessage());
            if (!problem.equals(reported)) {
                LOG.error("{}; \"corral keys pending\" does not show who waits to be let in", problem);
            }
            reported = problem;
        }
    }

    /** Saves what is not saved yet. */
    @Override
    public void close() {
        worker.shutdown();
        if (scheduled.get()) {
            save();
        }
    }
}
