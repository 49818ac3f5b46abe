package dev.corral.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.corral.auth.jwt.IssuerCounts;
import dev.corral.core.CoreStats;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.policy.Change;
import dev.corral.core.policy.LoadedModel;
import dev.corral.core.spi.Dialect;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.Metering;
import dev.corral.core.spi.Outcome;
import dev.corral.server.log.LogCounts;
import dev.corral.server.tls.TlsCounts;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExpositionTest {
    private final PrometheusMeterRegistry registry = RuntimeMetrics.newRegistry();
    private final ExchangeMetrics exchanges = new ExchangeMetrics(registry);
    private final UsageMetrics usage = new UsageMetrics(registry);
    private final AddressMetrics addresses = new AddressMetrics(registry);
    private final RuntimeMetrics runtime = new RuntimeMetrics(
            registry,
            new RuntimeMetrics.Sources(
                    () -> new CoreStats(1, 2, 3, 4, 5, true, 6, 7, false),
                    () -> new KeyCounts(6, 7, 8, 9),
                    () -> new LogCounts(10, 11),
                    () -> new LogCounts(12, 13),
                    () -> 14L,
                    "sqlite",
                    () -> new StateCounts(true, 15, 1_600, 17, 19, 20, 21),
                    () -> List.of(new LoadedModel("a", 18), new LoadedModel("b", 0)),
                    () -> new TlsCounts(
                            22,
                            23,
                            24,
                            List.of(new TlsCounts.Validity("gpu.lab", 25), new TlsCounts.Validity("gpu.lab", 26)))),
            new BuildInfo("0.1.0", "abc1234", "17.0.15"));

    @BeforeEach
    void everyMetricHasASeries() {
        exchanges.finished(Summaries.of(Endpoint.CHAT, Dialect.NATIVE, 200, null, Outcome.COMPLETED));
        exchanges.eventLoopLag(0, 1);
        usage.finished(Summaries.metered(Metering.NONE));
        addresses.watch(() -> 22);
        IssuerMetrics.register(
                registry,
                () -> List.of(
                        new IssuerCounts("https://login.lab/realms/a", 27, 28.5, 29, 30),
                        new IssuerCounts("https://login.lab/realms/b", 0, Double.NaN, 0, 31),
                        new IssuerCounts("http://127.0.0.1:8080", 1, 2, 3, 4)));
        runtime.refresh();
    }

    @AfterEach
    void end() {
        runtime.close();
        registry.close();
    }

    @Test
    void namesTypesAndLabels_areThoseOfTheGoldenFile() throws IOException {
        Scrape scrape = Scrape.of(registry);
        String found = scrape.types().entrySet().stream()
                .filter(family -> family.getKey().startsWith("corral_"))
                .map(family -> family.getKey() + " " + family.getValue() + labels(scrape, family.getKey()))
                .collect(Collectors.joining("\n", "", "\n"));

        assertThat(found).isEqualTo(golden());
    }

    @Test
    void everyDeclaredSeries_isExposedAndNoOther() {
        Set<String> declared = MetricNames.series().stream()
                .filter(name -> name.startsWith("corral_"))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(Scrape.of(registry).names().stream().filter(name -> name.startsWith("corral_")))
                .containsExactlyInAnyOrderElementsOf(declared);
    }

    @Test
    void everyMetric_hasItsHelpText() {
        Scrape scrape = Scrape.of(registry);

        for (MetricNames.Metric metric : MetricNames.ALL) {
            assertThat(scrape.helps()).containsEntry(metric.name(), metric.help());
        }
    }

    @Test
    void labelValues_comeFromTheDeclaredSets() {
        Scrape scrape = Scrape.of(registry);

        for (MetricNames.Metric metric : MetricNames.ALL) {
            for (MetricNames.Label label : metric.labels()) {
                for (Scrape.Sample sample : scrape.samples()) {
                    if (metric.series().contains(sample.name())
                            && !label.values().isEmpty()) {
                        assertThat(label.values()).contains(sample.labels().get(label.name()));
                    }
                }
            }
        }
    }

    @Test
    void seriesOfThePlatform_areThereOnceTheCollectorRan() {
        System.gc();
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        Set<String> names = Scrape.of(registry).names();
        while (!names.containsAll(MetricNames.PLATFORM_SERIES) && System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000); // the collector's notification comes from another thread
            names = Scrape.of(registry).names();
        }

        assertThat(names).containsAll(MetricNames.PLATFORM_SERIES);
    }

    @Test
    void promtool_findsNothingWrong() throws IOException, InterruptedException {
        Process promtool;
        try {
            promtool = new ProcessBuilder("promtool", "check", "metrics")
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            abort("not run: promtool is not on the PATH (expected: Prometheus' command line tool)");
            return;
        }
        try (OutputStream in = promtool.getOutputStream()) {
            in.write(registry.scrape().getBytes(StandardCharsets.UTF_8));
        }
        String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(said).isEmpty();
        assertThat(promtool.waitFor()).isZero();
    }

    @Test
    void gauges_showTheirSources() {
        Scrape scrape = Scrape.of(registry);

        assertThat(scrape.value("corral_in_flight_requests")).isEqualTo(1);
        assertThat(scrape.value("corral_client_connections")).isEqualTo(2);
        assertThat(scrape.value("corral_upstream_connections", "state", "idle")).isEqualTo(3);
        assertThat(scrape.value("corral_upstream_connections", "state", "leased"))
                .isEqualTo(4);
        assertThat(scrape.value("corral_buffered_body_bytes")).isEqualTo(5);
        assertThat(scrape.value("corral_upstream_up")).isEqualTo(1);
        assertThat(scrape.value("corral_draining")).isEqualTo(0);
        assertThat(scrape.value("corral_keys", "state", "active")).isEqualTo(6);
        assertThat(scrape.value("corral_keys", "state", "expired")).isEqualTo(7);
        assertThat(scrape.value("corral_keys", "state", "revoked")).isEqualTo(8);
        assertThat(scrape.value("corral_key_file_load_failures_total")).isEqualTo(9);
        assertThat(scrape.value("corral_log_lines_total", "log", "access")).isEqualTo(10);
        assertThat(scrape.value("corral_log_dropped_total", "log", "access")).isEqualTo(11);
        assertThat(scrape.value("corral_log_lines_total", "log", "audit")).isEqualTo(12);
        assertThat(scrape.value("corral_log_dropped_total", "log", "audit")).isEqualTo(13);
        assertThat(scrape.value("corral_observer_failures_total")).isEqualTo(14);
        assertThat(scrape.value("corral_running_requests")).isEqualTo(6);
        assertThat(scrape.value("corral_queued_requests")).isEqualTo(7);
        assertThat(scrape.value("corral_state_up", "store", "sqlite")).isEqualTo(1);
        assertThat(scrape.value("corral_state_write_failures_total")).isEqualTo(15);
        assertThat(scrape.value("corral_state_unsaved_seconds")).isEqualTo(1.6);
        assertThat(scrape.value("corral_state_local_decisions_total")).isEqualTo(17);
        assertThat(scrape.value("corral_state_leases")).isEqualTo(19);
        assertThat(scrape.value("corral_state_undelivered_requests")).isEqualTo(20);
        assertThat(scrape.value("corral_state_lost_requests_total")).isEqualTo(21);
        assertThat(scrape.value("corral_upstream_models_loaded")).isEqualTo(2);
        assertThat(scrape.value("corral_upstream_model_vram_bytes", "model", "a"))
                .isEqualTo(18);
        assertThat(scrape.value("corral_build_info", "version", "0.1.0", "revision", "abc1234", "java", "17.0.15"))
                .isEqualTo(1);
    }

    @Test
    void issuers_areToldApartByHostAndPlaceInTheList() {
        Scrape scrape = Scrape.of(registry);
        assertThat(scrape.value("corral_issuer_keys", "issuer", "login.lab")).isEqualTo(27);
        assertThat(scrape.value("corral_issuer_keys_age_seconds", "issuer", "login.lab"))
                .isEqualTo(28.5);
        assertThat(scrape.value("corral_issuer_fetches_total", "issuer", "login.lab", "result", "ok"))
                .isEqualTo(29);
        assertThat(scrape.value("corral_issuer_keys", "issuer", "login.lab 2")).isZero();
        assertThat(scrape.value("corral_issuer_keys_age_seconds", "issuer", "login.lab 2"))
                .isNaN();
        assertThat(scrape.value("corral_issuer_fetches_total", "issuer", "login.lab 2", "result", "failed"))
                .isEqualTo(31);
        assertThat(scrape.value("corral_issuer_keys", "issuer", "127.0.0.1:8080"))
                .isEqualTo(1);
    }

    @Test
    void lockOutsAndForbiddenConnections_areCounted() {
        addresses.lockedOut(InetAddress.getLoopbackAddress(), Duration.ofMinutes(1));
        addresses.lockedOut(InetAddress.getLoopbackAddress(), Duration.ofMinutes(2));
        addresses.connectionForbidden();

        Scrape scrape = Scrape.of(registry);
        assertThat(scrape.value("corral_lockouts_total")).isEqualTo(2);
        assertThat(scrape.value("corral_locked_out_addresses")).isEqualTo(22);
        assertThat(scrape.value("corral_client_connections_forbidden_total")).isEqualTo(1);
    }

    @Test
    void sources_surviveTheGarbageCollector() {
        System.gc();

        assertThat(Scrape.of(registry).value("corral_log_lines_total", "log", "audit"))
                .isEqualTo(12);
    }

    @Test
    void build_knowsItsVersionAndNoPlaceholder() {
        BuildInfo build = BuildInfo.load();

        assertThat(build.version()).matches("\\d+\\.\\d+\\.\\d+.*");
        assertThat(build.revision()).matches("unknown|[0-9a-f]{7,40}");
        assertThat(BuildInfo.known("${corral.revision}")).isEqualTo("unknown");
        assertThat(build.java()).isEqualTo(Runtime.version().toString());
    }

    @Test
    void refusedKey_isCountedAsRefusalAndAuthFailure() {
        exchanges.finished(Summaries.of(null, Dialect.OPENAI, 401, ErrorCode.EXPIRED_KEY, Outcome.REFUSED));

        Scrape scrape = Scrape.of(registry);
        assertThat(scrape.value("corral_refusals_total", "code", "expired_key")).isEqualTo(1);
        assertThat(scrape.value("corral_auth_failures_total", "reason", "expired_key"))
                .isEqualTo(1);
        assertThat(scrape.value(
                        "corral_requests_total",
                        "endpoint",
                        "other",
                        "dialect",
                        "openai",
                        "status",
                        "4xx",
                        "code",
                        "expired_key"))
                .isEqualTo(1);
    }

    @Test
    void streamBrokenOff_isNoRefusal() {
        exchanges.finished(Summaries.of(
                Endpoint.CHAT, Dialect.NATIVE, 200, ErrorCode.UPSTREAM_TRUNCATED, Outcome.UPSTREAM_FAILED));

        Scrape scrape = Scrape.of(registry);
        assertThat(scrape.value("corral_refusals_total", "code", "upstream_truncated"))
                .isEqualTo(0);
        assertThat(scrape.value("corral_requests_total", "status", "2xx", "code", "upstream_truncated"))
                .isEqualTo(1);
        assertThat(scrape.value("corral_outcomes_total", "outcome", "upstream_failed"))
                .isEqualTo(1);
    }

    @Test
    void clientThatLeft_wasSentNoStatus() {
        exchanges.finished(
                Summaries.of(Endpoint.GENERATE, Dialect.NATIVE, 499, ErrorCode.CLIENT_GONE, Outcome.CLIENT_GONE));

        Scrape scrape = Scrape.of(registry);
        assertThat(scrape.value("corral_requests_total", "status", "none", "code", "client_gone"))
                .isEqualTo(1);
        assertThat(scrape.value("corral_refusals_total", "code", "client_gone")).isEqualTo(0);
    }

    @Test
    void timesAndBytes_areInSecondsAndBytes() {
        Scrape scrape = Scrape.of(registry);

        assertThat(scrape.value("corral_first_byte_seconds_sum", "endpoint", "/api/chat"))
                .isEqualTo(0.03);
        assertThat(scrape.value("corral_first_byte_seconds_bucket", "endpoint", "/api/chat", "le", "0.025"))
                .isEqualTo(0);
        assertThat(scrape.value("corral_first_byte_seconds_bucket", "endpoint", "/api/chat", "le", "0.05"))
                .isEqualTo(1);
        assertThat(scrape.value("corral_request_duration_seconds_bucket", "endpoint", "/api/chat", "le", "600.0"))
                .isEqualTo(1);
        assertThat(scrape.value("corral_request_body_bytes_total", "endpoint", "/api/chat"))
                .isEqualTo(10);
        assertThat(scrape.value("corral_response_body_bytes_total", "endpoint", "/api/chat"))
                .isEqualTo(20);
    }

    @Test
    void changedRequest_countsEveryChangeAndOneReloadAvoided() {
        exchanges.finished(Summaries.changed(Change.Kind.LOAD_OPTION, Change.Kind.LOAD_OPTION, Change.Kind.KEEP_ALIVE));
        exchanges.finished(Summaries.changed(Change.Kind.TOKENS));

        Scrape scrape = Scrape.of(registry);
        assertThat(scrape.value("corral_policy_changes_total", "kind", "load_option"))
                .isEqualTo(2);
        assertThat(scrape.value("corral_policy_changes_total", "kind", "keep_alive"))
                .isEqualTo(1);
        assertThat(scrape.value("corral_policy_changes_total", "kind", "tokens"))
                .isEqualTo(1);
        assertThat(scrape.value("corral_reloads_avoided_total")).isEqualTo(1);
    }

    @Test
    void loopLag_isTheWorstSinceTheLastScrape() {
        exchanges.eventLoopLag(3, 5_000_000);
        exchanges.eventLoopLag(3, 250_000_000);
        exchanges.eventLoopLag(3, 1_000_000);

        assertThat(Scrape.of(registry).value("corral_event_loop_lag_seconds", "loop", "3"))
                .isEqualTo(0.25);
        assertThat(Scrape.of(registry).value("corral_event_loop_lag_seconds", "loop", "3"))
                .isEqualTo(0);
    }

    @Test
    void connectionEvents_areCounted() {
        exchanges.connectionRefused();
        exchanges.upstreamConnect(true);
        exchanges.upstreamConnect(false);
        exchanges.upstreamConnect(false);
        exchanges.upstreamPoisoned();
        exchanges.http2Closed(InetAddress.getLoopbackAddress(), true);
        exchanges.http2Closed(InetAddress.getLoopbackAddress(), false);
        exchanges.http2Closed(InetAddress.getLoopbackAddress(), true);

        Scrape scrape = Scrape.of(registry);
        assertThat(scrape.value("corral_client_connections_refused_total")).isEqualTo(1);
        assertThat(scrape.value("corral_upstream_connects_total", "result", "success"))
                .isEqualTo(1);
        assertThat(scrape.value("corral_upstream_connects_total", "result", "failure"))
                .isEqualTo(2);
        assertThat(scrape.value("corral_upstream_poisoned_total")).isEqualTo(1);
        assertThat(scrape.value("corral_http2_connections_closed_total", "reason", "flood"))
                .isEqualTo(2);
        assertThat(scrape.value("corral_http2_connections_closed_total", "reason", "protocol"))
                .isEqualTo(1);
    }

    private static String labels(Scrape scrape, String family) {
        Set<String> names = new TreeSet<>();
        for (Scrape.Sample sample : scrape.samples()) {
            if (sample.name().equals(family)
                    || Set.of(family + "_bucket", family + "_count", family + "_sum")
                            .contains(sample.name())) {
                names.addAll(sample.labels().keySet());
            }
        }
        return names.isEmpty() ? "" : " " + String.join(",", names);
    }

    private static String golden() throws IOException {
        try (InputStream in = Objects.requireNonNull(ExpositionTest.class.getResourceAsStream("exposition.golden"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
