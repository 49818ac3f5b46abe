package dev.corral.server.cli;

import dev.corral.auth.key.KeyRing;
import dev.corral.auth.key.KeyStoreException;
import dev.corral.core.policy.ModelPattern;
import dev.corral.core.spi.NanoClock;
import dev.corral.server.config.CorralConfig;
import dev.corral.server.config.Overrides;
import dev.corral.server.state.UsageStore;
import dev.corral.server.state.UsageStoreException;
import dev.corral.server.wiring.Stores;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Who used how much; reads beside a running server. */
@Command(
        name = "usage",
        description =
                "Shows what keys have used: requests, tokens and time of the GPU. Reads the store; a server may be"
                        + " running or not. What was used in the last second may be missing.",
        mixinStandardHelpOptions = true,
        versionProvider = CorralCommand.Version.class,
        footerHeading = "%nExamples:%n",
        footer = {
            "  corral usage",
            "  corral usage --by month,key --since 2026-01-01 --format csv > usage.csv",
            "  corral usage --by day,model --key alice --since 7d"
        })
final class UsageCommand implements Callable<Integer> {
    private static final Pattern DAYS = Pattern.compile("([0-9]{1,5})d");

    private final Console console;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "the configuration, which names the store and the key file (otherwise as for serve)")
    private @Nullable String config;

    @Option(names = "--keys-file", paramLabel = "FILE", description = "the key file (default: from the configuration)")
    private @Nullable String keysFile;

    @Option(
            names = "--by",
            paramLabel = "WHAT",
            description = "what to add up by: key, role, model, day, month, or several with commas (default: key)")
    private String by = "key";

    @Option(
            names = "--since",
            paramLabel = "DAYS|DATE",
            description = "from when on, such as 7d (today is the seventh) or 2026-01-31 (default: 30d)")
    private String since = "30d";

    @Option(names = "--until", paramLabel = "DATE", description = "the last day (default: today)")
    private @Nullable String until;

    @Option(names = "--key", paramLabel = "KEY", description = "only this key, by name or id")
    private @Nullable String key;

    @Option(names = "--model", paramLabel = "PATTERN", description = "only these models, such as llama3* or qwen3:8b")
    private @Nullable String model;

    @Option(names = "--format", paramLabel = "table|csv|json", description = "how to print (default: table)")
    private String format = "table";

    UsageCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws CliException {
        List<UsageReport.By> columns = columns();
        if (!List.of("table", "csv", "json").contains(format)) {
            throw wrong("--format", format, "table, csv or json");
        }
        ModelPattern pattern = pattern();
        CorralConfig loaded = new ConfigLoader(console)
                .load(config, new Overrides(null, null, null, keysFile))
                .config();
        ZoneId zone = loaded.usage().zone();
        LocalDate today = LocalDate.ofInstant(Instant.ofEpochMilli(NanoClock.SYSTEM.epochMillis()), zone);
        LocalDate last = until == null ? today : date("--until", until, "a date such as 2026-01-31");
        LocalDate first = first(today);
        if (last.isBefore(first)) {
            throw new CliException(
                    ExitCode.USAGE, "--until: " + last + " (expected: not before " + first + ", which is --since)");
        }
        UsageReport report;
        boolean store;
        try (Stores stores = Stores.open(loaded, NanoClock.SYSTEM)) {
            report = new UsageReport(columns, keys(stores), key, pattern);
            store = fill(report, stores, first, last);
        }
        if (key != null && !report.keyIsKnown()) {
            throw new CliException(ExitCode.USAGE, "no key has the id or the name " + Words.quote(key));
        }
        print(report, first, last, zone);
        if (report.rows().isEmpty()) {
            console.note(
                    store
                            ? "No usage from " + first + " to " + last
                                    + (key == null && model == null ? "." : " by such a key or of such a model.")
                            : "No usage has been recorded yet in " + loaded.stateDir() + ".");
        } else if (format.equals("table")) {
            console.note("From " + first + " to " + last + ", " + zone + ".");
        }
        return ExitCode.OK;
    }

    /** Returns whether there is a store. */
    private static boolean fill(UsageReport report, Stores stores, LocalDate first, LocalDate last)
            throws CliException {
        try (UsageStore store = stores.usageToRead()) {
            store.each(first, last, report::add);
            return true;
        } catch (UsageStoreException e) {
            if (e.kind() == UsageStoreException.Kind.MISSING) {
                return false;
            }
            throw CliException.of(e);
        } catch (IOException e) {
            throw new CliException(ExitCode.IO, "cannot read the usage: " + e.getMessage());
        }
    }

    private void print(UsageReport report, LocalDate first, LocalDate last, ZoneId zone) {
        switch (format) {
            case "csv" -> console.out().print(UsageText.csv(report));
            case "json" -> console.out().print(UsageText.json(report, first, last, zone));
            default -> {
                if (!report.rows().isEmpty()) {
                    console.out().print(UsageText.table(report));
                }
            }
        }
    }

    private static KeyRing keys(Stores stores) throws CliException {
        try {
            return stores.keys().load();
        } catch (KeyStoreException e) {
            throw CliException.of(e);
        }
    }

    private List<UsageReport.By> columns() throws CliException {
        List<UsageReport.By> columns = new ArrayList<>();
        for (String word : by.split(",", -1)) {
            UsageReport.By column = UsageReport.By.of(word.strip().toLowerCase(Locale.ROOT));
            if (column == null || columns.contains(column)) {
                throw wrong("--by", by, "key, role, model, day, month, or several of these with commas");
            }
            columns.add(column);
        }
        return columns;
    }

    private @Nullable ModelPattern pattern() throws CliException {
        if (model == null) {
            return null;
        }
        ModelPattern pattern = ModelPattern.compile(model);
        if (pattern == null) {
            throw wrong("--model", model, "a model's name, with * for any characters");
        }
        return pattern;
    }

    private LocalDate first(LocalDate today) throws CliException {
        Matcher days = DAYS.matcher(since);
        String expected = "days such as 30d, or a date such as 2026-01-31";
        if (!days.matches()) {
            return date("--since", since, expected);
        }
        int count = Integer.parseInt(days.group(1));
        if (count == 0) {
            throw wrong("--since", since, expected);
        }
        return today.minusDays(count - 1);
    }

    private static LocalDate date(String option, String text, String expected) throws CliException {
        try {
            return LocalDate.parse(text);
        } catch (DateTimeParseException e) {
            throw wrong(option, text, expected);
        }
    }

    private static CliException wrong(String option, String value, String expected) {
        return new CliException(ExitCode.USAGE, option + ": " + Words.quote(value) + " (expected: " + expected + ")");
    }
}
