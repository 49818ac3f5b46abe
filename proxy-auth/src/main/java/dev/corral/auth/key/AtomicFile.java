package dev.corral.auth.key;

import dev.corral.auth.key.KeyStoreException.Kind;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/** Replaces a private file so that a reader, a crash or a full disk finds either the old content or the new one. */
public final class AtomicFile {
    private static final String FILE_MODE = "rw-------";
    private static final String DIRECTORY_MODE = "rwx------";

    private AtomicFile() {}

    /** Writes the new content. */
    @FunctionalInterface
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Durable when it returns. The caller holds the lock of the file: the name of the temporary file is fixed, so that
     * what a killed writer left behind is cleared away by the next.
     *
     * @throws KeyStoreException if it cannot; the old content is untouched
     */
    public static void replace(Path file, Content content) throws KeyStoreException {
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        boolean replaced = false;
        try {
            Files.deleteIfExists(temporary);
            try (FileChannel channel = FileChannel.open(
                    temporary, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), ownerOnly(file))) {
                keepOwner(temporary, file);
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
                content.writeTo(out);
                out.flush();
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            replaced = true;
            // Without this a power failure may undo the rename.
            sync(directoryOf(file));
        } catch (IOException e) {
            String state = replaced ? "the new content may be lost in a power failure" : "it is unchanged";
            throw new KeyStoreException(Kind.IO, "cannot write " + file + ": " + reason(e) + " (" + state + ")", e);
        } finally {
            if (!replaced) {
                deleteQuietly(temporary);
            }
        }
    }

    /** Makes a directory and its missing parents, all for the owner only. */
    public static void createDirectory(Path directory) throws KeyStoreException {
        Deque<Path> missing = new ArrayDeque<>();
        for (Path at = directory; at != null && !Files.isDirectory(at); at = at.getParent()) {
            missing.push(at);
        }
        try {
            for (Path next : missing) {
                try {
                    Files.createDirectory(next, mode(next, DIRECTORY_MODE));
                } catch (FileAlreadyExistsException e) {
                    if (!Files.isDirectory(next)) {
                        throw e;
                    }
                    // Another process was faster.
                }
                tryAdoptOwner(next, directoryOf(next));
                sync(directoryOf(next));
            }
        } catch (IOException e) {
            throw new KeyStoreException(
                    Kind.CANNOT_CREATE, "cannot create the directory " + directory + ": " + reason(e), e);
        }
    }

    static Path directoryOf(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        return parent == null ? file.toAbsolutePath() : parent;
    }

    static FileAttribute<?>[] ownerOnly(Path file) {
        return mode(file, FILE_MODE);
    }

    /** Whether the owner alone may read it; true where the platform has no such notion. */
    static boolean isOwnerOnly(Path file) throws IOException {
        return !posix(file) || permissions(file).endsWith("------");
    }

    /** In the form {@code rw-r--r--}. */
    static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    static void makeOwnerOnly(Path file) throws IOException {
        if (posix(file)) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(FILE_MODE));
        }
    }

    /** What went wrong, for people: the text of the operating system where there is one. */
    public static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof NoSuchFileException missing) {
            return missing.getFile() + " does not exist";
        }
        if (e instanceof FileAlreadyExistsException other) {
            return other.getFile() + " exists already";
        }
        if (e instanceof FileSystemException problem && problem.getReason() != null) {
            return problem.getReason();
        }
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }

    // A key made by "sudo corral keys create" must stay readable for the server, which runs as somebody else.
    private static void keepOwner(Path temporary, Path file) throws IOException {
        if (!Files.exists(file)) {
            tryAdoptOwner(temporary, directoryOf(file));
        } else if (!tryAdoptOwner(temporary, file)) {
            throw new IOException("it belongs to " + Files.getOwner(file) + " (expected: to be run as that user)");
        }
    }

    /** Gives the file to the owner of the model; false where only the superuser could. */
    static boolean tryAdoptOwner(Path file, Path model) throws IOException {
        if (!posix(file)) {
            return true;
        }
        PosixFileAttributeView view =
                Files.getFileAttributeView(file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        PosixFileAttributes wanted = Files.readAttributes(model, PosixFileAttributes.class);
        if (view.readAttributes().owner().equals(wanted.owner())) {
            return true;
        }
        try {
            view.setGroup(wanted.group());
            view.setOwner(wanted.owner());
            return true;
        } catch (FileSystemException e) {
            return false;
        }
    }

    private static void sync(Path directory) throws IOException {
        // Elsewhere a directory cannot be opened.
        if (posix(directory)) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    private static FileAttribute<?>[] mode(Path path, String mode) {
        return posix(path)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))}
                : new FileAttribute<?>[0];
    }

    private static boolean posix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private static void deleteQuietly(Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            // The next writer clears it away; the failure that led here is the one to report.
        }
    }
}
