package dev.corral.server.state;

import dev.corral.server.state.UsageStoreException.Kind;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteJDBCLoader;

/**
 * Loads SQLite's native library: from {@code java.library.path} where it lies there, otherwise unpacked from the jar into
 * a directory of its own that is gone when it is loaded. Left to itself the driver would unpack it into {@code /tmp},
 * which is often noexec or read-only, and leave it there after every kill.
 */
final class SqliteLibrary {
    private static final String PREFIX = ".sqlite-native-";
    private static final String LIBRARY_PATH = "org.sqlite.lib.path";
    private static final String UNPACK_INTO = "org.sqlite.tmpdir";
    // Another process may be about to load what lies there.
    private static final long STALE_MILLIS = 60_000;

    private static boolean loaded;

    private SqliteLibrary() {}

    /**
     * Loads it once in this process; blocks on the disk.
     *
     * @param directory tried first for unpacking, before the temporary directory
     * @throws UsageStoreException of kind LIBRARY
     */
    static synchronized void load(Path directory) throws UsageStoreException {
        if (loaded) {
            return;
        }
        String lying = find(System.getProperty("java.library.path", ""));
        if (lying != null && System.getProperty(LIBRARY_PATH) == null) {
            System.setProperty(LIBRARY_PATH, lying);
        }
        List<String> reasons = new ArrayList<>();
        Throwable cause = null;
        for (Path place : List.of(directory, Path.of(System.getProperty("java.io.tmpdir", "/tmp")))) {
            clear(place);
            try {
                if (unpackAndLoad(place)) {
                    loaded = true;
                    return;
                }
                reasons.add(place + ": not loaded");
            } catch (Exception | LinkageError e) {
                reasons.add(place + ": " + reason(e));
                cause = e;
            }
        }
        throw new UsageStoreException(
                Kind.LIBRARY,
                "cannot load SQLite's native library, which keeps the usage (" + String.join("; ", reasons)
                        + "): expected a platform that corral.jar has a library for, and a state directory from which"
                        + " code may be run, or " + System.mapLibraryName("sqlitejdbc")
                        + " unpacked from corral.jar into a directory of java.library.path",
                cause);
    }

    private static boolean unpackAndLoad(Path place) throws Exception {
        Path own = null;
        try {
            if (System.getProperty(UNPACK_INTO) == null) {
                own = Files.createTempDirectory(place, PREFIX);
                System.setProperty(UNPACK_INTO, own.toString());
            }
            return SQLiteJDBCLoader.initialize();
        } finally {
            if (own != null) {
                System.clearProperty(UNPACK_INTO);
                delete(own);
            }
        }
    }

    private static @Nullable String find(String path) {
        String name = System.mapLibraryName("sqlitejdbc");
        for (String directory : path.split(Pattern.quote(File.pathSeparator), -1)) {
            if (!directory.isEmpty() && Files.isRegularFile(Path.of(directory, name))) {
                return directory;
            }
        }
        return null;
    }

    /** Clears away what killed processes left. */
    private static void clear(Path place) {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(place, PREFIX + "*")) {
            for (Path one : left) {
                if (stale(one)) {
                    delete(one);
                }
            }
        } catch (IOException e) {
            // Whether the place is of any use shows in a moment.
        }
    }

    // In a directory that everybody may write to, somebody may have put a link there, to what we may delete and he not.
    private static boolean stale(Path one) throws IOException {
        BasicFileAttributes found = Files.readAttributes(one, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return found.isDirectory()
                && found.lastModifiedTime().toMillis() < Instant.now().toEpochMilli() - STALE_MILLIS;
    }

    /** Where a loaded library cannot be deleted, as on Windows, the next start clears it away. */
    private static void delete(Path directory) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            // It is a file or two in a directory of our own.
        }
    }

    private static String reason(Throwable e) {
        String message = e.getMessage();
        return e.getClass().getSimpleName() + (message == null ? "" : " " + message);
    }
}
