package dev.corral.server.state;

import dev.corral.server.state.UsageStoreException.Kind;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.OSInfo;

/**
 * Loads SQLite's native library: from {@code java.library.path} where it lies there, otherwise unpacked from the jar into
 * a directory of its own that is gone when it is loaded. Left to itself the driver would unpack it into {@code /tmp},
 * which is often noexec or read-only, leave it there after every kill, and keep to itself why it could not be loaded.
 */
final class SqliteLibrary {
    private static final String NAME = System.mapLibraryName("sqlitejdbc");
    private static final String PREFIX = ".sqlite-native-";
    /** Where the driver looks first. */
    private static final String DRIVERS_PATH = "org.sqlite.lib.path";
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
        List<String> reasons = new ArrayList<>();
        for (String one : System.getProperty("java.library.path", "").split(Pattern.quote(File.pathSeparator), -1)) {
            if (!one.isEmpty() && Files.isRegularFile(Path.of(one, NAME)) && tryLoad(Path.of(one), reasons)) {
                return;
            }
        }
        for (Path place : List.of(directory, Path.of(System.getProperty("java.io.tmpdir", "/tmp")))) {
            clear(place);
            if (unpackAndLoad(place, reasons)) {
                return;
            }
        }
        throw new UsageStoreException(
                Kind.LIBRARY,
                "cannot load SQLite's native library, without which usage cannot be kept (expected: a state directory"
                        + " that code may be run from, or " + NAME + " unpacked from corral.jar into a directory of"
                        + " java.library.path): " + String.join("; ", reasons),
                null);
    }

    private static boolean unpackAndLoad(Path place, List<String> reasons) {
        String resource = "/org/sqlite/native/" + OSInfo.getNativeLibFolderPathForCurrentOS() + "/" + NAME;
        try (InputStream library = SQLiteJDBCLoader.class.getResourceAsStream(resource)) {
            if (library == null) {
                reasons.add("corral.jar has none for this platform, " + OSInfo.getNativeLibFolderPathForCurrentOS());
                return false;
            }
            Path own = Files.createTempDirectory(place, PREFIX);
            try {
                Files.copy(library, own.resolve(NAME));
                return tryLoad(own, reasons);
            } finally {
                delete(own);
            }
        } catch (IOException e) {
            reasons.add(SqliteFile.describe(e));
            return false;
        }
    }

    /** Loads it ourselves, to learn why that fails, and lets the driver take it up. */
    private static boolean tryLoad(Path from, List<String> reasons) {
        String before = System.getProperty(DRIVERS_PATH);
        try {
            System.load(from.resolve(NAME).toAbsolutePath().toString());
            System.setProperty(DRIVERS_PATH, from.toAbsolutePath().toString());
            loaded = SQLiteJDBCLoader.initialize();
        } catch (UnsatisfiedLinkError e) {
            reasons.add(String.valueOf(e.getMessage()));
        } catch (Exception e) {
            reasons.add(e.getClass().getSimpleName() + ": " + e.getMessage());
        } finally {
            if (before == null) {
                System.clearProperty(DRIVERS_PATH);
            } else {
                System.setProperty(DRIVERS_PATH, before);
            }
        }
        return loaded;
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
}
