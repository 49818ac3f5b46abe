package dev.corral.server.state;

import dev.corral.server.state.UsageStoreException.Kind;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The tables of {@code usage.db} and how they came about; their version is SQLite's {@code user_version}. */
final class SqliteSchema {
    /**
     * What leads from one version to the next. A released one is never changed: a later version is another list at the
     * end.
     */
    private static final List<List<String>> STEPS = List.of(List.of("""
            CREATE TABLE usage (
              day TEXT NOT NULL,                 -- 2026-12-31, in the configured time zone
              key_id TEXT NOT NULL,
              model TEXT NOT NULL,               -- canonical name, or other
              requests INTEGER NOT NULL,
              unfinished INTEGER NOT NULL,
              prompt_tokens INTEGER NOT NULL,
              completion_tokens INTEGER NOT NULL,
              estimated_tokens INTEGER NOT NULL, -- of both
              gpu_nanos INTEGER NOT NULL,
              PRIMARY KEY (day, key_id, model)
            ) WITHOUT ROWID""", """
            CREATE TABLE batch (
              writer TEXT NOT NULL PRIMARY KEY,  -- one process
              number INTEGER NOT NULL,           -- the last batch it added
              day TEXT NOT NULL
            ) WITHOUT ROWID"""));

    private SqliteSchema() {}

    static int current() {
        return STEPS.size();
    }

    /** @throws UsageStoreException of kind NEWER */
    static void check(Connection connection, Path file) throws SQLException, UsageStoreException {
        int version = version(connection);
        if (version > current()) {
            throw new UsageStoreException(
                    Kind.NEWER,
                    file + ": version " + version + " (expected: at most " + current()
                            + "): a later Corral has written it; run that one, or move the file away",
                    null);
        }
    }

    /** Brings an older or empty file to the present version, wholly or not at all. */
    static void migrate(Connection connection) throws SQLException {
        if (version(connection) == current()) {
            return;
        }
        SqliteFile.inTransaction(connection, statement -> {
            // Another process may have been faster.
            for (List<String> step : STEPS.subList(version(connection), current())) {
                for (String sql : step) {
                    statement.execute(sql);
                }
            }
            statement.execute("PRAGMA user_version = " + current());
        });
    }

    private static int version(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("PRAGMA user_version")) {
            return result.getInt(1);
        }
    }
}
