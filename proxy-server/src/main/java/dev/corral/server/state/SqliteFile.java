package dev.corral.server.state;

import dev.corral.server.state.UsageStoreException.Kind;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteOpenMode;

/** Opens the file as the store wants it: owner-only, whole, of the present version; a damaged one is moved aside. */
final class SqliteFile {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteFile.class);
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    /** How long to wait for the lock of another process. */
    private static final int PATIENCE_MILLIS = 2_000;
    /** Beyond this, looking through all of it would hold up the start for seconds. */
    private static final long CHECKED_BYTES = 64L << 20;

    private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rw-------");

    private SqliteFile() {}

    /** What runs within a transaction. */
    interface Body {
        void run(Statement statement) throws SQLException;
    }

    /** Opens it for writing; makes it where there is none. */
    static Connection open(Path file) throws UsageStoreException {
        SqliteLibrary.load(directory(file));
        create(file);
        try {
            return prepared(file);
        } catch (SQLException e) {
            if (!damaged(e)) {
                throw failure("open", file, e);
            }
            setAside(file, e);
        }
        create(file);
        try {
            return prepared(file);
        } catch (SQLException e) {
            throw failure("open", file, e);
        }
    }

    /** Opens it for reading only, also while another process writes. */
    static Connection openToRead(Path file) throws UsageStoreException {
        if (!Files.exists(file)) {
            throw new UsageStoreException(Kind.MISSING, "there is no " + file, null);
        }
        SqliteLibrary.load(directory(file));
        // Where nobody writes and nothing may be written, the files of the log cannot be made, nor are they needed.
        boolean still = !Files.exists(beside(file, "-wal")) && !Files.isWritable(directory(file));
        try {
            Connection connection = connect(file, true, still ? "?immutable=1" : "");
            try {
                SqliteSchema.check(connection, file);
                return connection;
            } catch (SQLException | UsageStoreException e) {
                close(connection);
                throw e;
            }
        } catch (SQLException e) {
            throw failure("read", file, e);
        }
    }

    /** Runs it wholly or not at all. */
    static void inTransaction(Connection connection, Body body) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            boolean done = false;
            try {
                body.run(statement);
                statement.execute("COMMIT");
                done = true;
            } finally {
                if (!done) {
                    rollBack(statement);
                }
            }
        }
    }

    static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("closing", e);
        }
    }

    /** Whether the file's content, and not the disk or a lock, is the trouble. */
    static boolean damaged(SQLException e) {
        int code = code(e);
        return code == SQLiteErrorCode.SQLITE_CORRUPT.code || code == SQLiteErrorCode.SQLITE_NOTADB.code;
    }

    /** Whether what is open may still be used after this. */
    static boolean usable(SQLException e) {
        int code = code(e);
        return code == SQLiteErrorCode.SQLITE_FULL.code
                || code == SQLiteErrorCode.SQLITE_BUSY.code
                || code == SQLiteErrorCode.SQLITE_READONLY.code;
    }

    static UsageStoreException failure(String what, Path file, SQLException e) {
        return new UsageStoreException(
                damaged(e) ? Kind.DAMAGED : Kind.IO, "cannot " + what + " " + file + ": " + reason(e), e);
    }

    private static Connection prepared(Path file) throws SQLException, UsageStoreException {
        Connection connection = connect(file, false, "");
        boolean done = false;
        try (Statement statement = connection.createStatement()) {
            SqliteSchema.check(connection, file);
            // Only an empty file can be told this.
            statement.execute("PRAGMA auto_vacuum = INCREMENTAL");
            statement.execute("PRAGMA journal_mode = WAL");
            // With a write for many requests the disk has the time to confirm each: not even a power failure undoes
            // one.
            statement.execute("PRAGMA synchronous = FULL");
            statement.execute("PRAGMA wal_autocheckpoint = 256");
            statement.execute("PRAGMA journal_size_limit = 1048576");
            checkWhole(statement, file);
            SqliteSchema.migrate(connection);
            done = true;
            return connection;
        } finally {
            if (!done) {
                close(connection);
            }
        }
    }

    private static Connection connect(Path file, boolean readOnly, String parameters) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        if (readOnly) {
            // Not SQLite's mode of that name, in which the last one to close leaves the files of the log behind.
            config.resetOpenMode(SQLiteOpenMode.CREATE);
        }
        config.setBusyTimeout(PATIENCE_MILLIS);
        Properties properties = config.toProperties();
        Connection connection = JDBC.createConnection("jdbc:sqlite:" + file.toUri() + parameters, properties);
        try (Statement statement = connection.createStatement()) {
            // KiB. The working set is the pages of a day.
            statement.execute("PRAGMA cache_size = -512");
            statement.execute("PRAGMA temp_store = MEMORY");
            statement.execute("PRAGMA query_only = " + readOnly);
            return connection;
        } catch (SQLException e) {
            close(connection);
            throw e;
        }
    }

    private static void checkWhole(Statement statement, Path file) throws SQLException, UsageStoreException {
        try {
            if (Files.size(file) > CHECKED_BYTES) {
                return;
            }
        } catch (IOException e) {
            throw new UsageStoreException(Kind.IO, "cannot read " + file + ": " + e.getMessage(), e);
        }
        try (ResultSet result = statement.executeQuery("PRAGMA quick_check(1)")) {
            String found = result.next() ? result.getString(1) : "nothing";
            if (!"ok".equals(found)) {
                throw new SQLiteException(found, SQLiteErrorCode.SQLITE_CORRUPT);
            }
        }
    }

    /** SQLite gives its other files the mode of this one. */
    private static void create(Path file) throws UsageStoreException {
        try {
            Files.createFile(file, ownerOnly(file));
        } catch (FileAlreadyExistsException e) {
            restrict(file);
        } catch (IOException e) {
            throw new UsageStoreException(Kind.CANNOT_CREATE, "cannot create " + file + ": " + describe(e), e);
        }
    }

    /** To create a file with, so that nobody else can ever open it. */
    static FileAttribute<?>[] ownerOnly(Path file) {
        return posix(file)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(MODE)}
                : new FileAttribute<?>[0];
    }

    private static boolean posix(Path file) {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private static void restrict(Path file) throws UsageStoreException {
        try {
            if (posix(file) && !Files.getPosixFilePermissions(file).equals(MODE)) {
                Files.setPosixFilePermissions(file, MODE);
            }
        } catch (IOException e) {
            throw new UsageStoreException(Kind.IO, "cannot take " + file + " away from other users: " + describe(e), e);
        }
    }

    /** For somebody to look at: what can be read of it can be added to the new one by hand (docs/usage.md). */
    static void setAside(Path file, SQLException why) throws UsageStoreException {
        Path aside = beside(file, ".corrupt-" + STAMP.format(Instant.now()));
        try {
            for (String part : new String[] {"-wal", "-shm", ""}) {
                Path from = beside(file, part);
                if (Files.exists(from)) {
                    Files.move(from, beside(aside, part), StandardCopyOption.ATOMIC_MOVE);
                }
            }
        } catch (IOException e) {
            throw new UsageStoreException(
                    Kind.DAMAGED,
                    file + " is damaged (" + reason(why) + ") and cannot be moved aside: " + describe(e),
                    e);
        }
        LOG.error(
                "{} is damaged ({}): it is {} now, and a new one is begun. Quotas of days and months count from zero"
                        + " again; docs/usage.md says how to recover what can be read",
                file,
                reason(why),
                aside);
    }

    static String describe(IOException e) {
        return e.getClass().getSimpleName() + ": " + e.getMessage();
    }

    private static void rollBack(Statement statement) {
        try {
            statement.execute("ROLLBACK");
        } catch (SQLException e) {
            // SQLite has rolled back by itself already.
            LOG.debug("rolling back", e);
        }
    }

    private static String reason(SQLException e) {
        int code = code(e);
        if (code == SQLiteErrorCode.SQLITE_FULL.code) {
            return "no space is left on the disk";
        }
        if (code == SQLiteErrorCode.SQLITE_BUSY.code) {
            return "another process has locked it";
        }
        return String.valueOf(e.getMessage()).lines().collect(Collectors.joining(" "));
    }

    /** The primary code; extended ones have it in their lowest byte. */
    private static int code(SQLException e) {
        return e instanceof SQLiteException known ? known.getResultCode().code & 0xff : e.getErrorCode() & 0xff;
    }

    private static Path directory(Path file) {
        @Nullable Path parent = file.toAbsolutePath().getParent();
        return parent == null ? file.toAbsolutePath() : parent;
    }

    static Path beside(Path file, String ending) {
        return file.resolveSibling(file.getFileName() + ending);
    }
}
