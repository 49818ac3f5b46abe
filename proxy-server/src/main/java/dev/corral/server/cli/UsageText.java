package dev.corral.server.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.core.policy.ModelName;
import dev.corral.server.state.UsageSums;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Usage as a table for people, as CSV (RFC 4180) and as JSON. */
final class UsageText {
    private static final List<String> NUMBERS =
            List.of("REQUESTS", "UNFINISHED", "PROMPT", "COMPLETION", "TOKENS", "ESTIMATED", "GPU TIME");

    private UsageText() {}

    /** With a head, aligned columns and a line of totals. */
    static String table(UsageReport report) {
        int names = report.columns().size();
        List<List<String>> lines = new ArrayList<>();
        List<String> head = new ArrayList<>();
        report.columns().forEach(column -> head.add(column.name()));
        head.addAll(NUMBERS);
        lines.add(head);
        for (UsageReport.Row row : report.rows()) {
            List<String> line = new ArrayList<>();
            for (int i = 0; i < names; i++) {
                line.add(shown(report, report.columns().get(i), row.names().get(i)));
            }
            line.addAll(numbers(row.sums()));
            lines.add(line);
        }
        List<String> total = new ArrayList<>(List.of("total"));
        for (int i = 1; i < names; i++) {
            total.add("");
        }
        total.addAll(numbers(report.total()));
        lines.add(total);
        return aligned(lines, names);
    }

    /** With a head and no totals; nothing in it is a formula for a spreadsheet. */
    static String csv(UsageReport report) {
        StringBuilder csv = new StringBuilder();
        Map<String, Object> empty = new LinkedHashMap<>();
        report.columns().forEach(column -> facts(report, column, "", empty));
        facts(UsageSums.ZERO, empty);
        csvLine(csv, empty.keySet());
        for (UsageReport.Row row : report.rows()) {
            csvLine(csv, facts(report, row).values());
        }
        return csv.toString();
    }

    static String json(UsageReport report, LocalDate first, LocalDate last, ZoneId zone) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("since", first.toString()).put("until", last.toString()).put("time_zone", zone.getId());
        ArrayNode rows = json.putArray("rows");
        report.rows().forEach(row -> put(rows.addObject(), facts(report, row)));
        Map<String, Object> total = new LinkedHashMap<>();
        facts(report.total(), total);
        put(json.putObject("total"), total);
        return KeyText.text(json);
    }

    private static void put(ObjectNode into, Map<String, Object> facts) {
        facts.forEach((name, value) -> {
            if (value instanceof Long number) {
                into.put(name, number);
            } else if (value instanceof BigDecimal number) {
                into.put(name, number);
            } else {
                into.put(name, value.toString());
            }
        });
    }

    private static Map<String, Object> facts(UsageReport report, UsageReport.Row row) {
        Map<String, Object> facts = new LinkedHashMap<>();
        for (int i = 0; i < report.columns().size(); i++) {
            facts(report, report.columns().get(i), row.names().get(i), facts);
        }
        facts(row.sums(), facts);
        return facts;
    }

    private static void facts(UsageReport report, UsageReport.By column, String name, Map<String, Object> into) {
        if (column == UsageReport.By.KEY) {
            into.put("key_id", name);
            into.put("key", report.name(name));
            into.put("key_state", report.state(name));
        } else {
            into.put(column.word(), name);
        }
    }

    private static void facts(UsageSums sums, Map<String, Object> into) {
        into.put("requests", sums.requests());
        into.put("unfinished", sums.unfinished());
        into.put("prompt_tokens", sums.promptTokens());
        into.put("completion_tokens", sums.completionTokens());
        into.put("tokens", sums.tokens());
        into.put("estimated_tokens", sums.estimatedTokens());
        into.put("gpu_seconds", BigDecimal.valueOf(sums.gpuNanos(), 9).setScale(3, RoundingMode.HALF_UP));
    }

    private static List<String> numbers(UsageSums sums) {
        return List.of(
                grouped(sums.requests()),
                grouped(sums.unfinished()),
                grouped(sums.promptTokens()),
                grouped(sums.completionTokens()),
                grouped(sums.tokens()),
                share(sums.estimatedTokens(), sums.tokens()),
                time(sums.gpuNanos()));
    }

    private static String shown(UsageReport report, UsageReport.By column, String name) {
        return switch (column) {
            case KEY -> report.shownKey(name);
            case MODEL -> {
                // What is no model's name, such as "other", has no tag.
                ModelName model = name.indexOf('/') < 0 ? null : ModelName.installed(name);
                yield model == null ? printable(name) : model.shortest();
            }
            case ROLE, DAY, MONTH -> name;
        };
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String share(long part, long whole) {
        if (part == 0 || whole == 0) {
            return "0%";
        }
        long percent = Math.round(100.0 * part / whole);
        return percent == 0 ? "<1%" : percent == 100 && part < whole ? ">99%" : percent + "%";
    }

    /** {@code 0s}, {@code 0.4s}, {@code 12.3s}, {@code 3m 05s}, {@code 2h 07m}, {@code 120h 00m}. */
    static String time(long nanos) {
        long tenths = Math.round(nanos / 1e8);
        if (tenths < 600) {
            return tenths == 0 ? (nanos == 0 ? "0s" : "<0.1s") : tenths / 10 + "." + tenths % 10 + "s";
        }
        long seconds = Math.round(nanos / 1e9);
        return seconds < 3600
                ? String.format(Locale.ROOT, "%dm %02ds", seconds / 60, seconds % 60)
                : String.format(Locale.ROOT, "%,dh %02dm", seconds / 3600, seconds % 3600 / 60);
    }

    private static String aligned(List<List<String>> lines, int left) {
        int[] widths = new int[lines.get(0).size()];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], length(line.get(i)));
            }
        }
        StringBuilder table = new StringBuilder();
        for (List<String> line : lines) {
            StringBuilder one = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String gap = " ".repeat(widths[i] - length(line.get(i)));
                one.append(i == 0 ? "" : "  ").append(i < left ? line.get(i) + gap : gap + line.get(i));
            }
            table.append(one.toString().stripTrailing()).append('\n');
        }
        return table.toString();
    }

    private static void csvLine(StringBuilder csv, Iterable<?> cells) {
        String before = "";
        for (Object cell : cells) {
            csv.append(before).append(cell instanceof String text ? quoted(harmless(text)) : cell.toString());
            before = ",";
        }
        csv.append("\r\n");
    }

    /** A spreadsheet runs what begins like this, and a key's name is anybody's choice. */
    private static String harmless(String text) {
        return !text.isEmpty() && "=+-@\t\r\n".indexOf(text.charAt(0)) >= 0 ? '\'' + text : text;
    }

    private static String quoted(String text) {
        boolean necessary = text.chars().anyMatch(c -> ",;\t\"\r\n".indexOf(c) >= 0);
        return necessary ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }

    private static String printable(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().forEach(c -> shown.appendCodePoint(Character.isISOControl(c) ? '?' : c));
        return shown.toString();
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
