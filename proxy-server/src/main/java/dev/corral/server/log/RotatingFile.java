package dev.corral.server.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that is appended to and, when it has reached its size, renamed to {@code file.1}; older ones move up by one
 * and the oldest is deleted. Works together with logrotate (moved, deleted or truncated files are noticed before each
 * write) and with a disk that is full for a while (every line begins on a fresh line).
 *
 * <p>Numbers, not times, name the older files: a clock that is set back cannot mix them up.
 */
final class RotatingFile implements LineSink {
    private static final Logger LOG = LoggerFactory.getLogger(RotatingFile.class);
    private static final FileAttribute<?>[] OWNER_ONLY_FILE = ownerOnly("rw-------");
    private static final FileAttribute<?>[] OWNER_ONLY_DIRECTORY = ownerOnly("rwx------");

    private final Path file;
    private final long maxBytes;
    private final int keep;
    private @Nullable FileChannel channel;
    private @Nullable Object openedKey;
    private boolean midLine;

    RotatingFile(Path file, LogTarget target) {
        this.file = file.toAbsolutePath();
        this.maxBytes = target.maxBytes();
        this.keep = target.keep();
    }

    @Override
    public void prepare() throws IOException {
        current();
    }

    @Override
    public void write(ByteBuffer lines) throws IOException {
        FileChannel out = current();
        long size = out.size();
        IOException rotation = null;
        if (size > 0 && size + lines.remaining() > maxBytes) {
            try {
                rotate();
                out = current();
                size = out.size();
            } catch (IOException e) {
                // Better too long a file than lost lines, up to twice the size.
                rotation = e;
                out = current();
            }
        }
        if (rotation != null && size + lines.remaining() > 2 * maxBytes) {
            throw rotation;
        }
        int start = lines.position();
        try {
            if (midLine) {
                append(out, ByteBuffer.wrap(new byte[] {'\n'}));
                midLine = false;
            }
            append(out, lines);
        } catch (IOException | RuntimeException e) {
            removeFragment(out, lines, start);
            close();
            throw e;
        }
        if (rotation != null) {
            throw rotation; // for the complaint: the lines are through
        }
    }

    @Override
    public void close() {
        FileChannel open = channel;
        channel = null;
        openedKey = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                LOG.debug("{}: {}", file, e.toString()); // its lines are out of our hands
            }
        }
    }

    @Override
    public String toString() {
        return file.toString();
    }

    private static void append(FileChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            if (out.write(bytes) <= 0) {
                throw new IOException("nothing could be written");
            }
        }
    }

    /** The open file, after making sure that it still is the one with our name. */
    private FileChannel current() throws IOException {
        FileChannel open = channel;
        if (open != null) {
            if (stillOurs()) {
                return open;
            }
            close();
        }
        return open();
    }

    private boolean stillOurs() throws IOException {
        try {
            Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
            return openedKey == null || openedKey.equals(key);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private FileChannel open() throws IOException {
        Path directory = file.getParent();
        if (directory != null && !Files.isDirectory(directory)) {
            Files.createDirectories(directory, OWNER_ONLY_DIRECTORY);
        }
        Set<OpenOption> options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        FileChannel opened = FileChannel.open(file, options, OWNER_ONLY_FILE);
        channel = opened;
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        openedKey = attributes.fileKey();
        midLine = attributes.isRegularFile() ? endsMidLine() : midLine;
        return opened;
    }

    /** Whether a crash or a full disk left half a line at the end. */
    private boolean endsMidLine() throws IOException {
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = in.size();
            ByteBuffer end = ByteBuffer.allocate(1);
            return size > 0 && in.read(end, size - 1) == 1 && end.get(0) != '\n';
        }
    }

    /** Takes back the part of a line that was still written, so that readers find only whole ones. */
    private void removeFragment(FileChannel out, ByteBuffer lines, int start) {
        int end = lines.position();
        int whole = end;
        while (whole > start && lines.get(whole - 1) != '\n') {
            whole--;
        }
        if (whole == end) {
            return;
        }
        try {
            out.truncate(Math.max(0, out.size() - (end - whole)));
        } catch (IOException | RuntimeException e) {
            // A pipe or a failing disk. The next line begins on a line of its own: open() looks at the last byte.
            midLine = true;
        }
    }

    private void rotate() throws IOException {
        close();
        if (keep == 0) {
            Files.deleteIfExists(file);
            return;
        }
        // Only up to the first gap: when the last step fails and is tried again, nothing moves up twice.
        int free = 1;
        while (free < keep && exists(free)) {
            free++;
        }
        for (int i = free; i > 1; i--) {
            Files.move(older(i - 1), older(i), StandardCopyOption.REPLACE_EXISTING);
        }
        Files.move(file, older(1), StandardCopyOption.REPLACE_EXISTING);
    }

    private boolean exists(int number) {
        return Files.exists(older(number), LinkOption.NOFOLLOW_LINKS);
    }

    private Path older(int number) {
        return file.resolveSibling(file.getFileName() + "." + number);
    }

    private static FileAttribute<?>[] ownerOnly(String permissions) {
        boolean posix =
                Path.of("").getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}
