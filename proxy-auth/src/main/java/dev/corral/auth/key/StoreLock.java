package dev.corral.auth.key;

import dev.corral.auth.key.KeyStoreException.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Held around every read-modify-write of a key file, against other processes and other threads of this one. The lock
 * file stays: deleting it would let two processes lock two files of the same name. The operating system drops the lock
 * of a process that dies.
 */
final class StoreLock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StoreLock.class);
    private static final int ATTEMPTS = 3000;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    // A file lock belongs to the process: threads of one process would not exclude each other by it.
    private static final ReentrantLock IN_PROCESS = new ReentrantLock();

    private final FileChannel channel;

    private StoreLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Blocks until the lock is held, at most half a minute.
     *
     * @throws KeyStoreException if the lock file cannot be made, or somebody else holds the lock for too long
     */
    static StoreLock acquire(Path lockFile) throws KeyStoreException {
        IN_PROCESS.lock();
        try {
            FileChannel channel = open(lockFile);
            try {
                await(channel, lockFile);
                return new StoreLock(channel);
            } catch (IOException | KeyStoreException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            IN_PROCESS.unlock();
            throw new KeyStoreException(Kind.CANNOT_CREATE, "cannot lock " + lockFile + ": " + AtomicFile.reason(e), e);
        } catch (KeyStoreException | RuntimeException e) {
            IN_PROCESS.unlock();
            throw e;
        }
    }

    private static FileChannel open(Path lockFile) throws IOException {
        FileChannel channel = FileChannel.open(
                lockFile,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                AtomicFile.ownerOnly(lockFile));
        AtomicFile.tryAdoptOwner(lockFile, AtomicFile.directoryOf(lockFile));
        return channel;
    }

    private static void await(FileChannel channel, Path lockFile) throws IOException, KeyStoreException {
        // Counted, not timed: the wait must end also where the clock is a test's.
        for (int i = 0; i < ATTEMPTS; i++) {
            if (channel.tryLock() != null) {
                return;
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new KeyStoreException(Kind.IO, "interrupted while waiting for " + lockFile);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        throw new KeyStoreException(
                Kind.IO, "another process has held " + lockFile + " for half a minute (expected: a moment)");
    }

    /** Closing the channel gives the file lock back. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // Nothing was written through it, and the descriptor is gone in any case (close(2)).
            LOG.debug("closing the lock file failed", e);
        } finally {
            IN_PROCESS.unlock();
        }
    }
}
