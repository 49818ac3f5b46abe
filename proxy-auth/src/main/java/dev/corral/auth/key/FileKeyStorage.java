package dev.corral.auth.key;

import dev.corral.auth.key.KeyStoreException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of its own. A change is on the disk when its method returns: written to a temporary file, synchronised, renamed,
 * with the file locked against other processes and threads from reading to renaming. A path that is a symbolic link means
 * the file it points to.
 */
final class FileKeyStorage implements KeyStorage {
    private static final Logger LOG = LoggerFactory.getLogger(FileKeyStorage.class);

    private final Path file;

    FileKeyStorage(Path file) {
        this.file = file.toAbsolutePath();
    }

    /** What changes when the file does. */
    private record Stamp(@Nullable Object inode, long size, FileTime modified) {}

    @Override
    public String place() {
        return file.toString();
    }

    @Override
    public @Nullable Object version() throws KeyStoreException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Stamp(attributes.fileKey(), attributes.size(), attributes.lastModifiedTime());
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw cannotRead(e);
        }
    }

    /** As the interface says; warns where others may read the file. */
    @Override
    public byte @Nullable [] read() throws KeyStoreException {
        try (InputStream in = open()) {
            return in == null ? null : in.readAllBytes();
        } catch (IOException e) {
            throw cannotRead(e);
        }
    }

    /** As the interface says; warns where others may read the file. */
    @Override
    public @Nullable InputStream open() throws KeyStoreException {
        if (Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file)) {
            // Opening a pipe would wait for somebody to write to it, for ever.
            throw new KeyStoreException(Kind.IO, "cannot read " + file + ": it is no regular file");
        }
        try {
            if (!AtomicFile.isOwnerOnly(file)) {
                LOG.warn(
                        "{}: mode {} lets other users read the key digests (expected: rw-------): run chmod 600 {}",
                        file,
                        AtomicFile.permissions(file),
                        file);
            }
            return Files.newInputStream(file);
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw cannotRead(e);
        }
    }

    @Override
    @SuppressWarnings("try") // the lock is there to be held
    public <T> T update(Edit<T> edit) throws KeyStoreException {
        AtomicFile.createDirectory(AtomicFile.directoryOf(file));
        Path target = target();
        try (StoreLock lock = StoreLock.acquire(target.resolveSibling(target.getFileName() + ".lock"))) {
            Change<T> change = edit.apply(read());
            byte[] document = change.document();
            if (document != null) {
                AtomicFile.replace(target, out -> out.write(document));
            }
            return change.result();
        }
    }

    @Override
    public boolean fixPermissions() throws KeyStoreException {
        try {
            if (!Files.exists(file) || AtomicFile.isOwnerOnly(file)) {
                return false;
            }
            AtomicFile.makeOwnerOnly(file);
            return true;
        } catch (IOException e) {
            throw new KeyStoreException(Kind.IO, "cannot change the mode of " + file + ": " + AtomicFile.reason(e), e);
        }
    }

    // Renaming over a symbolic link would replace the link, and two names of one file must mean one lock.
    private Path target() throws KeyStoreException {
        try {
            Path directory = AtomicFile.directoryOf(file).toRealPath();
            return Files.isSymbolicLink(file) ? file.toRealPath() : directory.resolve(file.getFileName());
        } catch (IOException e) {
            throw new KeyStoreException(Kind.IO, "cannot find " + file + ": " + AtomicFile.reason(e), e);
        }
    }

    private KeyStoreException cannotRead(IOException e) {
        return new KeyStoreException(Kind.IO, "cannot read " + file + ": " + AtomicFile.reason(e), e);
    }
}
