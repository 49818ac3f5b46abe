package dev.corral.server.state;

import dev.corral.auth.limit.Spent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Usage in the file {@code usage.db} of the state directory. What {@link #add} returned from survives the end of the
 * process at any moment, and a power failure where the disk keeps what it confirmed.
 *
 * <p>A file that is deleted while it is open, or that SQLite finds to be damaged, is begun anew with the next {@link #add},
 * and the log says so.
 */
public final class SqliteUsageStore implements UsageStore {
    /** The name of the file. */
    public static final String FILE_NAME = "usage.db";

    private static final String LOCK_NAME = "usage.lock";

    private static final Logger LOG = LoggerFactory.getLogger(SqliteUsageStore.class);
    private static final String ADD = """
            INSERT INTO usage VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET
              requests = requests + excluded.requests,
              unfinished = unfinished + excluded.unfinished,
              prompt_tokens = prompt_tokens + excluded.prompt_tokens,
              completion_tokens = completion_tokens + excluded.completion_tokens,
              estimated_tokens = estimated_tokens + excluded.estimated_tokens,
              gpu_nanos = gpu_nanos + excluded.gpu_nanos""";
    private static final String READ = """
            SELECT day, key_id, model, requests, unfinished, prompt_tokens, completion_tokens, estimated_tokens, gpu_nanos
            FROM usage WHERE day BETWEEN ? AND ? ORDER BY day, key_id, model""";
    private static final String SPENT = """
            SELECT key_id,
              sum(CASE WHEN day = ?2 THEN prompt_tokens + completion_tokens ELSE 0 END),
              sum(prompt_tokens + completion_tokens),
              sum(CASE WHEN day = ?2 THEN gpu_nanos ELSE 0 END)
            FROM usage WHERE day BETWEEN ?1 AND ?2 GROUP BY key_id""";

    private final Path file;
    private final boolean readOnly;
    private final String writer = UUID.randomUUID().toString();
    private @Nullable Connection connection;
    private @Nullable Object opened;
    // What showed that the file is damaged, until it is begun anew.
    private @Nullable SQLException damage;

    // Null for who only reads.
    private final @Nullable WriterLock lock;

    private SqliteUsageStore(Path file, @Nullable WriterLock lock) throws UsageStoreException {
        this.file = file;
        this.lock = lock;
        this.readOnly = lock == null;
        boolean done = false;
        try {
            this.connection = readOnly ? SqliteFile.openToRead(file) : SqliteFile.open(file);
            this.opened = identity();
            done = true;
        } finally {
            if (!done) {
                close();
            }
        }
    }

    /**
     * Opens the store for the one process that writes; makes it where there is none.
     *
     * @param directory an existing one
     * @throws UsageStoreException of any kind but MISSING
     */
    public static SqliteUsageStore open(Path directory) throws UsageStoreException {
        Path file = directory.toAbsolutePath().resolve(FILE_NAME);
        return new SqliteUsageStore(file, WriterLock.take(file.resolveSibling(LOCK_NAME)));
    }

    /**
     * Opens it for reading only; another process may be writing.
     *
     * @throws UsageStoreException of kind MISSING where there is none; or as {@link #open}
     */
    public static SqliteUsageStore openToRead(Path directory) throws UsageStoreException {
        Path file = directory.toAbsolutePath().resolve(FILE_NAME);
        return new SqliteUsageStore(file, null);
    }

    @Override
    public void add(long batch, List<UsageEntry> entries) throws UsageStoreException {
        if (entries.isEmpty()) {
            return;
        }
        attempt(
                "write",
                open -> SqliteFile.inTransaction(open, statement -> {
                    if (lastBatch(open) < batch) {
                        insert(open, entries);
                        note(open, batch, entries.get(entries.size() - 1).day());
                    }
                }));
    }

    @Override
    public List<UsageEntry> read(LocalDate first, LocalDate last) throws UsageStoreException {
        List<UsageEntry> entries = new ArrayList<>();
        each(first, last, entries::add);
        return entries;
    }

    @Override
    public void each(LocalDate first, LocalDate last, Consumer<UsageEntry> to) throws UsageStoreException {
        attempt("read", open -> {
            try (PreparedStatement query = open.prepareStatement(READ)) {
                query.setString(1, first.toString());
                query.setString(2, last.toString());
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        to.accept(new UsageEntry(
                                LocalDate.parse(row.getString(1)), row.getString(2), row.getString(3), sums(row)));
                    }
                }
            }
        });
    }

    @Override
    public Map<String, Spent> spent(LocalDate today) throws UsageStoreException {
        Map<String, Spent> spent = new HashMap<>();
        attempt("read", open -> {
            try (PreparedStatement query = open.prepareStatement(SPENT)) {
                query.setString(1, today.withDayOfMonth(1).toString());
                query.setString(2, today.toString());
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        spent.put(row.getString(1), new Spent(row.getLong(2), row.getLong(3), row.getLong(4)));
                    }
                }
            }
        });
        return spent;
    }

    @Override
    public void forgetBefore(LocalDate day) throws UsageStoreException {
        attempt("write", open -> {
            // A day at a time, so that no transaction is larger than what a day brought.
            for (String oldest = oldest(open); oldest != null && oldest.compareTo(day.toString()) < 0; ) {
                try (PreparedStatement delete = open.prepareStatement("DELETE FROM usage WHERE day = ?")) {
                    delete.setString(1, oldest);
                    delete.executeUpdate();
                }
                oldest = oldest(open);
            }
            try (PreparedStatement delete = open.prepareStatement("DELETE FROM batch WHERE day < ? AND writer <> ?");
                    Statement statement = open.createStatement()) {
                delete.setString(1, day.toString());
                delete.setString(2, writer);
                delete.executeUpdate();
                // Of what can be stepped through, only this runs to the end.
                statement.executeUpdate("PRAGMA incremental_vacuum");
            }
        });
    }

    @Override
    public void close() {
        disconnect();
        if (lock != null) {
            lock.close();
        }
    }

    private void disconnect() {
        if (connection != null) {
            SqliteFile.close(connection);
            connection = null;
        }
    }

    /** Something that is done with the file. */
    private interface Action {
        void run(Connection open) throws SQLException;
    }

    private void attempt(String what, Action action) throws UsageStoreException {
        try {
            action.run(connection());
        } catch (SQLException e) {
            if (!SqliteFile.usable(e)) {
                disconnect();
            }
            if (!readOnly && SqliteFile.damaged(e)) {
                damage = e;
            }
            throw SqliteFile.failure(what, file, e);
        }
    }

    private Connection connection() throws UsageStoreException {
        Connection open = connection;
        if (open != null && !readOnly && opened != null && !opened.equals(identity())) {
            LOG.error(
                    "{} was deleted or replaced while Corral had it open: what it said is lost, and it is begun anew."
                            + " Quotas go on from what is in memory, until the next start",
                    file);
            disconnect();
            open = null;
        }
        SQLException found = damage;
        if (found != null) {
            SqliteFile.setAside(file, found);
            damage = null;
        }
        if (open == null) {
            open = readOnly ? SqliteFile.openToRead(file) : SqliteFile.open(file);
            connection = open;
            opened = identity();
        }
        return open;
    }

    /** What tells this file from another of the same name; null where it is gone or the platform has no such notion. */
    private @Nullable Object identity() throws UsageStoreException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw new UsageStoreException(
                    UsageStoreException.Kind.IO, "cannot find " + file + ": " + SqliteFile.describe(e), e);
        }
    }

    private long lastBatch(Connection open) throws SQLException {
        try (PreparedStatement query = open.prepareStatement("SELECT number FROM batch WHERE writer = ?")) {
            query.setString(1, writer);
            try (ResultSet result = query.executeQuery()) {
                return result.next() ? result.getLong(1) : Long.MIN_VALUE;
            }
        }
    }

    private void note(Connection open, long batch, LocalDate day) throws SQLException {
        try (PreparedStatement insert = open.prepareStatement("INSERT OR REPLACE INTO batch VALUES (?, ?, ?)")) {
            insert.setString(1, writer);
            insert.setLong(2, batch);
            insert.setString(3, day.toString());
            insert.executeUpdate();
        }
    }

    private static void insert(Connection open, List<UsageEntry> entries) throws SQLException {
        try (PreparedStatement insert = open.prepareStatement(ADD)) {
            for (UsageEntry entry : entries) {
                UsageSums sums = entry.sums();
                insert.setString(1, entry.day().toString());
                insert.setString(2, entry.keyId());
                insert.setString(3, entry.model());
                insert.setLong(4, sums.requests());
                insert.setLong(5, sums.unfinished());
                insert.setLong(6, sums.promptTokens());
                insert.setLong(7, sums.completionTokens());
                insert.setLong(8, sums.estimatedTokens());
                insert.setLong(9, sums.gpuNanos());
                insert.executeUpdate();
            }
        }
    }

    private static @Nullable String oldest(Connection open) throws SQLException {
        try (Statement statement = open.createStatement();
                ResultSet result = statement.executeQuery("SELECT min(day) FROM usage")) {
            return result.next() ? result.getString(1) : null;
        }
    }

    private static UsageSums sums(ResultSet row) throws SQLException {
        return new UsageSums(
                row.getLong(4), row.getLong(5), row.getLong(6), row.getLong(7), row.getLong(8), row.getLong(9));
    }
}
