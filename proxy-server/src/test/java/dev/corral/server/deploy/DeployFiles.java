package dev.corral.server.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Reads what lies in {@code deploy/}. */
final class DeployFiles {
    /** The repository; tests run in the module's directory. */
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern VARIABLE_QUERY = Pattern.compile("label_values\\((?<series>\\w+), (?<label>\\w+)\\)");

    private DeployFiles() {}

    static Path path(String name) {
        return ROOT.resolve("deploy").resolve(name);
    }

    static String text(String name) {
        try {
            return Files.readString(path(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Anchors and merge keys resolved, as Compose does it. */
    static JsonNode yaml(String name) {
        Object loaded = new Yaml(new SafeConstructor(new LoaderOptions())).load(text(name));
        return JSON.valueToTree(loaded);
    }

    static JsonNode json(String name) {
        try {
            return JSON.readTree(text(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The value of a key that the unit file gives once. */
    static String unitSetting(String unit, String key) {
        Matcher matcher = Pattern.compile("(?m)^" + key + "=(.*)$").matcher(text(unit));
        if (!matcher.find()) {
            throw new IllegalArgumentException(unit + " has no " + key + "=");
        }
        return matcher.group(1);
    }

    /** All queries of the alert rules, by alert. */
    static Map<String, String> ruleQueries() {
        Map<String, String> queries = new LinkedHashMap<>();
        for (JsonNode group : yaml("prometheus/rules.yml").get("groups")) {
            for (JsonNode rule : group.get("rules")) {
                queries.put(rule.get("alert").asText(), rule.get("expr").asText());
            }
        }
        return queries;
    }

    /** All queries of the dashboard, by panel, annotation or variable; Grafana's own variables replaced. */
    static Map<String, String> dashboardQueries() {
        JsonNode dashboard = json("grafana/dashboard.json");
        Map<String, String> queries = new LinkedHashMap<>();
        for (JsonNode panel : dashboard.get("panels")) {
            for (JsonNode target : panel.path("targets")) {
                put(
                        queries,
                        panel.get("title").asText() + " " + target.get("refId").asText(),
                        target.get("expr"));
            }
        }
        for (JsonNode annotation : dashboard.get("annotations").get("list")) {
            put(queries, "annotation " + annotation.get("name").asText(), annotation.get("expr"));
        }
        for (JsonNode variable : dashboard.get("templating").get("list")) {
            Matcher matcher = VARIABLE_QUERY.matcher(variable.path("definition").asText());
            if (matcher.matches()) {
                queries.put(
                        "variable " + variable.get("name").asText(),
                        "count by (" + matcher.group("label") + ") (" + matcher.group("series") + ")");
            }
        }
        return queries;
    }

    private static void put(Map<String, String> queries, String name, JsonNode query) {
        if (queries.put(name, query.asText()) != null) {
            throw new IllegalArgumentException("two queries called " + name);
        }
    }
}
