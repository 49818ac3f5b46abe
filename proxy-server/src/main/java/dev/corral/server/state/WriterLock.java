package dev.corral.server.state;

import dev.corral.server.state.UsageStoreException.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Held by the one process that keeps usage in a directory: two would each count limits on their own, and every key had
 * twice what it may use. The operating system drops it with the process; the file stays, and says nothing.
 */
final class WriterLock implements AutoCloseable {
    private final FileChannel channel;

    private WriterLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes it, or fails at once.
     *
     * @throws UsageStoreException if another process has it, or the file cannot be made
     */
    static WriterLock take(Path file) throws UsageStoreException {
        try {
            FileChannel channel = FileChannel.open(
                    file,
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                    SqliteFile.ownerOnly(file));
            boolean held = false;
            try {
                held = tryLock(channel) != null;
            } finally {
                if (!held) {
                    channel.close();
                }
            }
            if (held) {
                return new WriterLock(channel);
            }
        } catch (IOException e) {
            throw new UsageStoreException(Kind.CANNOT_CREATE, "cannot lock " + file + ": " + SqliteFile.describe(e), e);
        }
        throw new UsageStoreException(
                Kind.IO,
                "another Corral runs with this state directory, and has locked " + file
                        + " (expected: one for each state-dir; several share what callers use with state.url)",
                null);
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // Another one in this process.
            return null;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // Nothing was written through it, and the descriptor is gone in any case (close(2)).
            return;
        }
    }
}
