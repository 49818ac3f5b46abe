package dev.corral.server.cli;

import dev.corral.auth.key.KeyRecord;
import dev.corral.auth.key.KeyRing;
import dev.corral.auth.key.KeyState;
import dev.corral.core.policy.ModelName;
import dev.corral.core.policy.ModelPattern;
import dev.corral.core.spi.NanoClock;
import dev.corral.server.state.UsageEntry;
import dev.corral.server.state.UsageSums;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Usage added up by some of its columns; holds a row for each combination there is, not every entry. */
final class UsageReport {
    /** What to add up by. */
    enum By {
        KEY,
        ROLE,
        MODEL,
        DAY,
        MONTH;

        static @Nullable By of(String word) {
            for (By by : values()) {
                if (by.word().equals(word)) {
                    return by;
                }
            }
            return null;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        boolean time() {
            return this == DAY || this == MONTH;
        }
    }

    /**
     * One line.
     *
     * @param names for each column the name; of a key the id, of a model the canonical one
     */
    record Row(List<String> names, UsageSums sums) {}

    private static final String UNKNOWN = "unknown";

    private final List<By> columns;
    private final KeyRing keys;
    private final @Nullable String key;
    private final @Nullable ModelPattern pattern;
    private final Map<List<String>, UsageSums> sums = new HashMap<>();
    private UsageSums total = UsageSums.ZERO;
    private boolean keySeen;

    /**
     * @param keys whose names and roles are shown
     * @param key only usage of keys of this id or name; null for all
     * @param pattern only usage of models that match; null for all
     */
    UsageReport(List<By> columns, KeyRing keys, @Nullable String key, @Nullable ModelPattern pattern) {
        this.columns = List.copyOf(columns);
        this.keys = keys;
        this.key = key == null ? null : Normalizer.normalize(key, Normalizer.Form.NFC);
        this.pattern = pattern;
    }

    void add(UsageEntry entry) {
        if (!isWanted(entry.keyId())) {
            return;
        }
        keySeen = true;
        if (pattern != null) {
            ModelName name = ModelName.installed(entry.model());
            if (name == null || !pattern.matches(name)) {
                return;
            }
        }
        List<String> names = new ArrayList<>(columns.size());
        for (By column : columns) {
            names.add(
                    switch (column) {
                        case KEY -> entry.keyId();
                        case ROLE -> role(entry.keyId());
                        case MODEL -> entry.model();
                        case DAY -> entry.day().toString();
                        case MONTH -> entry.day().toString().substring(0, "2026-01".length());
                    });
        }
        sums.merge(names, entry.sums(), UsageSums::plus);
        total = total.plus(entry.sums());
    }

    List<By> columns() {
        return columns;
    }

    UsageSums total() {
        return total;
    }

    /** In the order of time where that is a column; otherwise who used most comes first. */
    List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        sums.forEach((names, sum) -> rows.add(new Row(names, sum)));
        Comparator<Row> order = Comparator.comparing(Row::names, UsageReport::compare);
        if (columns.stream().noneMatch(By::time)) {
            order = Comparator.<Row>comparingLong(row -> -row.sums().tokens()).thenComparing(order);
        }
        rows.sort(order);
        return rows;
    }

    /** Whether the key that was asked for is in the key file or in the usage. */
    boolean keyIsKnown() {
        return keySeen
                || keys.records().stream()
                        .anyMatch(one -> one.id().equals(key) || one.name().equals(key));
    }

    /** The name of a key; its id where the key file does not know it. */
    String name(String keyId) {
        KeyRecord record = keys.byId(keyId);
        return record == null ? keyId : record.name();
    }

    /** {@code active}, {@code expired}, {@code revoked}, or {@code unknown} where the key file does not know it. */
    String state(String keyId) {
        KeyRecord record = keys.byId(keyId);
        return record == null
                ? UNKNOWN
                : record.state(NanoClock.SYSTEM.epochMillis()).label();
    }

    /** For people: {@code alice}, {@code bob (revoked)}. */
    String shownKey(String keyId) {
        String state = state(keyId);
        return state.equals(KeyState.ACTIVE.label()) ? name(keyId) : name(keyId) + " (" + state + ")";
    }

    private String role(String keyId) {
        KeyRecord record = keys.byId(keyId);
        return record == null ? "(" + UNKNOWN + ")" : record.role();
    }

    private boolean isWanted(String keyId) {
        return key == null || keyId.equals(key) || name(keyId).equals(key);
    }

    private static int compare(List<String> a, List<String> b) {
        for (int i = 0; i < a.size(); i++) {
            int order = a.get(i).compareTo(b.get(i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }
}
