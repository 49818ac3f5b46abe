package dev.corral.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.auth.key.KeyRecord;
import dev.corral.auth.limit.LimitSet;
import dev.corral.auth.limit.LimitText;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Keys as tables, as lines with tabs and as JSON. */
final class KeyText {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final List<String> COLUMNS = List.of("ID", "NAME", "ROLE", "STATE", "CREATED", "EXPIRES");
    // Of tables only: programs read the lines by the number of the column.
    private static final List<String> ACCESS_COLUMNS = List.of("WITH", "FROM");

    private final long now;

    /**
     * Texts.
     *
     * @param epochMillis the time by which a key has expired or not
     */
    KeyText(long epochMillis) {
        this.now = epochMillis;
    }

    /** Everything about one key that is no secret; what does not apply is null. */
    Map<String, @Nullable String> facts(KeyRecord key) {
        Map<String, @Nullable String> facts = new LinkedHashMap<>();
        facts.put("id", key.id());
        facts.put("name", key.name());
        facts.put("role", key.role());
        facts.put("state", key.state(now).label());
        facts.put("created", time(key.created()));
        facts.put("expires", time(key.expires()));
        facts.put("revoked", time(key.revoked()));
        facts.put("grace_ends", time(key.graceEnds()));
        String limits = LimitOptions.text(key.limits());
        facts.put("limits", limits.isEmpty() ? null : limits);
        facts.put("secrets", Integer.toString(key.secrets().size()));
        facts.put("ssh", joined(AccessOptions.fingerprints(key.access())));
        facts.put("certificates", joined(key.access().certificates()));
        facts.put("allow_from", joined(AccessOptions.ranges(key.access())));
        return facts;
    }

    ObjectNode json(KeyRecord key) {
        ObjectNode json = JSON.createObjectNode();
        facts(key).forEach(json::put);
        ObjectNode limits = json.putObject("limits");
        key.limits().said().forEach((kind, limit) -> {
            if (limit == LimitSet.UNLIMITED) {
                limits.put(kind.label(), LimitText.format(limit));
            } else {
                limits.put(kind.label(), limit);
            }
        });
        json.put("secrets", key.secrets().size());
        array(json, "ssh", AccessOptions.fingerprints(key.access()));
        array(json, "certificates", key.access().certificates());
        array(json, "allow_from", AccessOptions.ranges(key.access()));
        return json;
    }

    private static void array(ObjectNode json, String field, List<String> texts) {
        ArrayNode array = json.putArray(field);
        texts.forEach(array::add);
    }

    private static @Nullable String joined(List<String> texts) {
        return texts.isEmpty() ? null : String.join(", ", texts);
    }

    String jsonList(List<KeyRecord> keys) {
        ArrayNode array = JSON.createArrayNode();
        keys.forEach(key -> array.add(json(key)));
        return text(array);
    }

    static String text(Object json) {
        try {
            return JSON.writeValueAsString(json) + "\n";
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One key to a line, separated by tabs, for programs. */
    String plain(List<KeyRecord> keys) {
        StringBuilder lines = new StringBuilder();
        keys.forEach(key -> lines.append(String.join("\t", row(key))).append('\n'));
        return lines.toString();
    }

    /** With a head and aligned columns, for people. */
    String table(List<KeyRecord> keys) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(concat(COLUMNS, ACCESS_COLUMNS));
        keys.forEach(key ->
                rows.add(concat(row(key), List.of(AccessOptions.with(key), AccessOptions.from(key.access())))));
        return aligned(rows);
    }

    private static List<String> concat(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    /** Rows of one length, each column as wide as it has to be. */
    static String aligned(List<List<String>> rows) {
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], length(row.get(i)));
            }
        }
        StringBuilder table = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - length(row.get(i)) + 2));
            }
            table.append(line.toString().stripTrailing()).append('\n');
        }
        return table.toString();
    }

    /** One fact to a line; aligned for people, with tabs for programs. */
    String lines(KeyRecord key, boolean aligned) {
        StringBuilder lines = new StringBuilder();
        facts(key).forEach((name, value) -> {
            if (value != null) {
                lines.append(name)
                        .append(aligned ? " ".repeat(14 - name.length()) : "\t")
                        .append(value)
                        .append('\n');
            }
        });
        return lines.toString();
    }

    private List<String> row(KeyRecord key) {
        Map<String, @Nullable String> facts = facts(key);
        List<String> row = new ArrayList<>();
        for (String name : List.of("id", "name", "role", "state", "created", "expires")) {
            String value = facts.get(name);
            row.add(value == null ? "never" : value);
        }
        return row;
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    private static @Nullable String time(@Nullable Instant instant) {
        return instant == null ? null : instant.toString();
    }
}
