package dev.corral.server.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.core.Limits;
import dev.corral.server.deploy.PromQl.Selector;
import dev.corral.server.metrics.MetricNames;
import dev.corral.server.metrics.MetricNames.Metric;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The dashboard and the alert rules ask for what Corral exposes, down to the labels and their values. */
class DashboardAndRulesTest {
    /** What Prometheus itself adds to every scrape. */
    private static final Set<String> SCRAPE_SERIES = Set.of("up");

    private static final Set<String> SCRAPE_LABELS = Set.of("job", "instance");

    @Test
    void dashboard_namesOnlyWhatIsExposed() {
        assertThat(complaints(DeployFiles.dashboardQueries())).isEmpty();
    }

    @Test
    void rules_nameOnlyWhatIsExposed() {
        assertThat(complaints(DeployFiles.ruleQueries())).isEmpty();
    }

    @Test
    void metricNobodyLooksAt_isNamed() {
        Set<String> used = new HashSet<>();
        for (Map<String, String> queries : List.of(DeployFiles.dashboardQueries(), DeployFiles.ruleQueries())) {
            for (String query : queries.values()) {
                PromQl.parse(query).selectors().forEach(selector -> used.add(selector.series()));
            }
        }
        Set<String> unused = new TreeSet<>();
        for (Metric metric : MetricNames.ALL) {
            if (metric.series().stream().noneMatch(used::contains)) {
                unused.add(metric.name());
            }
        }
        assertThat(unused).as("metrics on no panel and in no rule").isEmpty();
    }

    @Test
    void typingErrors_areFound() {
        Map<String, String> wrong = Map.of(
                "series", "rate(corral_request_total[5m])",
                "suffix", "corral_first_byte_seconds",
                "label", "sum by (route) (corral_requests_total)",
                "matcher", "corral_requests_total{route=\"/api/chat\"}",
                "value", "corral_requests_total{status=\"5XX\"}",
                "regex", "corral_auth_failures_total{reason=~\"unknown_key|bad_key\"}");
        assertThat(complaints(wrong)).hasSize(wrong.size());
        assertThatThrownBy(() -> PromQl.parse("up == ?")).hasMessage("not PromQL at \"?\"");
    }

    @Test
    void bufferedBodiesAlert_watchesTheDefaultLimit() {
        assertThat(DeployFiles.ruleQueries().get("CorralBufferedBodiesNearLimit"))
                .endsWith("0.8 * " + (Limits.DEFAULTS.bufferedBodyBytes() >> 20) + " * 1024 * 1024");
    }

    @Test
    void everyAlert_saysWhatItMeansAndHowBadItIs() {
        for (JsonNode rule :
                DeployFiles.yaml("prometheus/rules.yml").get("groups").get(0).get("rules")) {
            assertThat(rule.at("/labels/severity").asText()).isIn("critical", "warning", "info");
            assertThat(rule.at("/annotations/summary").asText()).isNotBlank();
            assertThat(rule.at("/annotations/description").asText()).hasSizeGreaterThan(80);
        }
    }

    @Test
    void dashboard_goesWithAnyDataSource() {
        JsonNode dashboard = DeployFiles.json("grafana/dashboard.json");
        assertThat(dashboard.has("uid")).isFalse();
        assertThat(dashboard.findValuesAsText("uid")).isNotEmpty().containsOnly("${datasource}");
        Set<Integer> ids = new HashSet<>();
        for (JsonNode panel : dashboard.get("panels")) {
            assertThat(ids.add(panel.get("id").asInt())).as("panel id").isTrue();
        }
    }

    private static List<String> complaints(Map<String, String> queries) {
        List<String> complaints = new ArrayList<>();
        queries.forEach((where, text) -> {
            PromQl.Query query = PromQl.parse(text);
            if (query.selectors().isEmpty()) {
                complaints.add(where + ": reads no series");
            }
            Set<String> labels = new HashSet<>(SCRAPE_LABELS);
            for (Selector selector : query.selectors()) {
                labels.addAll(check(where, selector, complaints));
            }
            for (String label : query.grouping()) {
                if (!labels.contains(label)) {
                    complaints.add(where + ": groups by " + label + ", which none of its series has");
                }
            }
        });
        return complaints;
    }

    /** Adds what is wrong with a selector and returns the labels that its series has. */
    private static Set<String> check(String where, Selector selector, List<String> complaints) {
        if (SCRAPE_SERIES.contains(selector.series())) {
            return Set.of();
        }
        if (!MetricNames.series().contains(selector.series())) {
            complaints.add(where + ": nothing exposes " + selector.series());
            return Set.of();
        }
        Metric metric = MetricNames.ALL.stream()
                .filter(one -> one.series().contains(selector.series()))
                .findFirst()
                .orElse(null);
        if (metric == null) {
            return Set.of("area", "id", "action", "cause", "gc", "state");
        }
        Set<String> labels = new HashSet<>(Set.of("le"));
        metric.labels().forEach(label -> labels.add(label.name()));
        for (PromQl.Label matcher : selector.matchers()) {
            if (!labels.contains(matcher.name()) && !SCRAPE_LABELS.contains(matcher.name())) {
                complaints.add(where + ": " + metric.name() + " has no label " + matcher.name());
            }
            metric.labels().stream()
                    .filter(label -> label.name().equals(matcher.name()))
                    .flatMap(label -> impossible(label, matcher).stream())
                    .forEach(value -> complaints.add(where + ": " + matcher.name() + " is never " + value));
        }
        return labels;
    }

    /** The alternatives of a matcher that its label can never have; none for Grafana's variables. */
    private static List<String> impossible(MetricNames.Label label, PromQl.Label matcher) {
        if (label.values().isEmpty() || matcher.value().startsWith("$")) {
            return List.of();
        }
        if (!matcher.regex()) {
            return label.values().contains(matcher.value()) ? List.of() : List.of(matcher.value());
        }
        return alternatives(matcher.value()).stream()
                .filter(one ->
                        label.values().stream().noneMatch(Pattern.compile(one).asMatchPredicate()))
                .toList();
    }

    /** {@code a(b|c)|d} is ab, ac and d: groups are not nested here. */
    private static List<String> alternatives(String regex) {
        List<String> alternatives = new ArrayList<>();
        for (String part : regex.split("\\|(?![^(]*\\))", -1)) {
            int open = part.indexOf('(');
            if (open < 0) {
                alternatives.add(part);
            } else {
                for (String inner : part.substring(open + 1, part.indexOf(')')).split("\\|", -1)) {
                    alternatives.add(part.substring(0, open) + inner + part.substring(part.indexOf(')') + 1));
                }
            }
        }
        return alternatives;
    }
}
