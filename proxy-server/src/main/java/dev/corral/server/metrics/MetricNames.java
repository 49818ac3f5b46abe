package dev.corral.server.metrics;

import static dev.corral.server.metrics.MetricNames.Kind.COUNTER;
import static dev.corral.server.metrics.MetricNames.Kind.GAUGE;
import static dev.corral.server.metrics.MetricNames.Kind.HISTOGRAM;

import dev.corral.auth.limit.LimitKind;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.policy.Change;
import dev.corral.core.spi.Dialect;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.EndpointGroup;
import dev.corral.core.spi.Outcome;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** Every metric of Corral: the single source of names, labels, their possible values, and help texts. */
public final class MetricNames {
    /** How a metric is exposed. */
    public enum Kind {
        COUNTER,
        GAUGE,
        HISTOGRAM
    }

    /**
     * A label and all values it can have.
     *
     * @param values empty where the values are few and fixed at start, but not known to the source
     */
    public record Label(String name, List<String> values) {
        public Label {
            values = List.copyOf(values);
        }
    }

    /**
     * One metric.
     *
     * @param name as exposed, with unit and {@code _total}
     * @param help one line
     */
    public record Metric(String name, Kind kind, String help, List<Label> labels) {
        public Metric {
            labels = List.copyOf(labels);
        }

        /** The names that a query can use. */
        public List<String> series() {
            return kind == HISTOGRAM
                    ? List.of(name + "_bucket", name + "_count", name + "_sum", name + "_max")
                    : List.of(name);
        }

        /** The name to register: Micrometer adds {@code _total} to counters and {@code _seconds} to timers. */
        String id() {
            return switch (kind) {
                case COUNTER -> name.substring(0, name.length() - "_total".length());
                // Micrometer exposes what ends in ".info" as Prometheus' info metric; "_info" it would cut off.
                case GAUGE -> name.replaceFirst("_info$", ".info");
                case HISTOGRAM -> name.replaceFirst("_seconds$", "");
            };
        }
    }

    /** The value of {@code endpoint} for a target that is no route. */
    public static final String OTHER = "other";

    /** The values of {@code status}: the class of the status sent, or that none was. */
    static final List<String> STATUS_CLASSES = List.of("none", "1xx", "2xx", "3xx", "4xx", "5xx");

    /** A burst is none of its own: whoever exceeds it has exceeded the requests of a minute. */
    static final LimitKind[] REFUSING_LIMITS = Arrays.stream(LimitKind.values())
            .filter(kind -> kind != LimitKind.BURST)
            .toArray(LimitKind[]::new);

    private static final Label ENDPOINT = new Label(
            "endpoint",
            Stream.concat(Arrays.stream(Endpoint.values()).map(Endpoint::pattern), Stream.of(OTHER))
                    .toList());
    /** The endpoints that ask a model something. */
    private static final Label INFERENCE = new Label(
            "endpoint",
            Arrays.stream(Endpoint.values())
                    .filter(endpoint -> endpoint.group() == EndpointGroup.INFERENCE)
                    .map(Endpoint::pattern)
                    .toList());

    /** At most {@link UsageMetrics#MAX_PAIRS} pairs of these, then {@link #OTHER}. */
    private static final Label KEY = new Label("key", List.of());

    private static final Label MODEL = new Label("model", List.of());
    private static final Label DIALECT = label("dialect", Dialect.values(), Dialect::label);
    private static final Label STATUS = new Label("status", STATUS_CLASSES);
    private static final Label CODE = label("code", ErrorCode.values(), ErrorCode::label);
    private static final Label CODE_OR_NONE = new Label(
            "code", Stream.concat(Stream.of(""), CODE.values().stream()).toList());
    private static final Label REASON = new Label(
            "reason",
            Arrays.stream(ErrorCode.values())
                    .filter(ErrorCode::unauthenticated)
                    .map(ErrorCode::label)
                    .toList());
    private static final Label LOG = new Label("log", List.of("access", "audit"));

    public static final Metric REQUESTS = new Metric(
            "corral_requests_total",
            COUNTER,
            "Exchanges that ended; status is none where nothing was sent, code is empty where nothing went wrong",
            List.of(ENDPOINT, DIALECT, STATUS, CODE_OR_NONE));
    public static final Metric REFUSALS = new Metric(
            "corral_refusals_total", COUNTER, "Error responses that Corral itself gave, by reason", List.of(CODE));
    public static final Metric AUTH_FAILURES = new Metric(
            "corral_auth_failures_total", COUNTER, "Requests without a valid key, by reason", List.of(REASON));
    public static final Metric FIRST_BYTE = new Metric(
            "corral_first_byte_seconds",
            HISTOGRAM,
            "From the request head to the first byte of the upstream's response",
            List.of(ENDPOINT));
    public static final Metric DURATION = new Metric(
            "corral_request_duration_seconds",
            HISTOGRAM,
            "From the request head to the end of the exchange",
            List.of(ENDPOINT));
    public static final Metric REQUEST_BYTES =
            new Metric("corral_request_body_bytes_total", COUNTER, "Request body bytes received", List.of(ENDPOINT));
    public static final Metric RESPONSE_BYTES =
            new Metric("corral_response_body_bytes_total", COUNTER, "Response body bytes sent", List.of(ENDPOINT));
    public static final Metric OUTCOMES = new Metric(
            "corral_outcomes_total",
            COUNTER,
            "Exchanges by how they ended",
            List.of(label("outcome", Outcome.values(), Outcome::label)));
    public static final Metric POLICY_CHANGES = new Metric(
            "corral_policy_changes_total",
            COUNTER,
            "Changes that policy made to requests, by what was changed",
            List.of(label("kind", Change.Kind.values(), Change.Kind::label)));
    public static final Metric RELOADS_AVOIDED = new Metric(
            "corral_reloads_avoided_total",
            COUNTER,
            "Requests that were kept from loading a model again with other options, for everybody",
            List.of());
    public static final Metric CONNECTIONS_REFUSED = new Metric(
            "corral_client_connections_refused_total",
            COUNTER,
            "Client connections closed unanswered because of a connection limit",
            List.of());
    public static final Metric UPSTREAM_CONNECTS = new Metric(
            "corral_upstream_connects_total",
            COUNTER,
            "Attempts to connect to the upstream",
            List.of(new Label("result", List.of("success", "failure"))));
    public static final Metric UPSTREAM_POISONED = new Metric(
            "corral_upstream_poisoned_total",
            COUNTER,
            "Idle upstream connections closed because they sent something nobody asked for",
            List.of());
    public static final Metric LOOP_LAG = new Metric(
            "corral_event_loop_lag_seconds",
            GAUGE,
            "The latest an event loop's tick came since the previous scrape",
            List.of(new Label("loop", List.of())));

    public static final Metric TOKENS = new Metric(
            "corral_tokens_total",
            COUNTER,
            "Tokens read and generated, by id of the key and model; other beyond 500 pairs",
            List.of(KEY, MODEL, new Label("kind", List.of("prompt", "completion"))));
    public static final Metric TOKENS_ESTIMATED = new Metric(
            "corral_tokens_estimated_total",
            COUNTER,
            "Of these, tokens that the upstream did not report, such as of answers broken off",
            List.of());
    public static final Metric GPU_SECONDS = new Metric(
            "corral_gpu_seconds_total",
            COUNTER,
            "Seconds that the upstream worked, by key and model",
            List.of(KEY, MODEL));
    public static final Metric UNFINISHED = new Metric(
            "corral_unfinished_total",
            COUNTER,
            "Answers that ended without the mark that ends a whole answer",
            List.of(INFERENCE));
    public static final Metric FIRST_TOKEN = new Metric(
            "corral_first_token_seconds", HISTOGRAM, "From the request head to the first content", List.of(INFERENCE));
    public static final Metric TOKEN_GAP = new Metric(
            "corral_token_gap_seconds", HISTOGRAM, "Mean time between two pieces of a stream", List.of(INFERENCE));
    public static final Metric TOKEN_GAP_LONGEST = new Metric(
            "corral_token_gap_longest_seconds",
            HISTOGRAM,
            "Longest time between two pieces of a stream",
            List.of(INFERENCE));
    public static final Metric TOKENS_PER_SECOND = new Metric(
            "corral_tokens_per_second", HISTOGRAM, "Tokens generated per second of generating", List.of(INFERENCE));
    public static final Metric QUEUE_WAIT = new Metric(
            "corral_queue_wait_seconds",
            HISTOGRAM,
            "How long requests waited for a place at the upstream, of those that waited",
            List.of());
    public static final Metric LIMIT_REFUSALS = new Metric(
            "corral_limit_refusals_total",
            COUNTER,
            "Requests refused because of a limit of their key or role",
            List.of(label("limit", REFUSING_LIMITS, LimitKind::label)));

    public static final Metric QUEUED =
            new Metric("corral_queued_requests", GAUGE, "Requests that wait for a place at the upstream", List.of());
    public static final Metric RUNNING = new Metric(
            "corral_running_requests", GAUGE, "Requests that have a place at the upstream's models", List.of());
    public static final Metric STATE_UP = new Metric(
            "corral_state_up",
            GAUGE,
            "1 if the store of limits and usage took what it was given last, else 0",
            List.of(new Label("store", List.of("sqlite", "redis"))));
    public static final Metric STATE_WRITE_FAILURES = new Metric(
            "corral_state_write_failures_total", COUNTER, "Attempts to store usage that failed; made again", List.of());
    public static final Metric STATE_UNSAVED = new Metric(
            "corral_state_unsaved_seconds", GAUGE, "Age of the oldest usage that is not stored yet", List.of());
    public static final Metric STATE_LOCAL = new Metric(
            "corral_state_local_decisions_total",
            COUNTER,
            "Requests admitted or refused without the shared store, which was away",
            List.of());
    public static final Metric STATE_LEASES =
            new Metric("corral_state_leases", GAUGE, "Requests under way that the shared store knows of", List.of());
    public static final Metric STATE_UNDELIVERED = new Metric(
            "corral_state_undelivered_requests",
            GAUGE,
            "Requests that ended and are not charged in the shared store yet",
            List.of());
    public static final Metric STATE_LOST = new Metric(
            "corral_state_lost_requests_total",
            COUNTER,
            "Requests that will never be charged in the shared store",
            List.of());
    public static final Metric MODELS_LOADED =
            new Metric("corral_upstream_models_loaded", GAUGE, "Models that the upstream has loaded", List.of());
    public static final Metric MODEL_VRAM = new Metric(
            "corral_upstream_model_vram_bytes",
            GAUGE,
            "Memory on GPUs of each loaded model, of at most 64",
            List.of(MODEL));

    public static final Metric IN_FLIGHT =
            new Metric("corral_in_flight_requests", GAUGE, "Exchanges begun and not ended", List.of());
    public static final Metric CLIENT_CONNECTIONS =
            new Metric("corral_client_connections", GAUGE, "Open client connections", List.of());
    public static final Metric BUFFERED_BYTES = new Metric(
            "corral_buffered_body_bytes",
            GAUGE,
            "Bytes of request bodies, and of answers held back, at this moment",
            List.of());
    public static final Metric UPSTREAM_UP = new Metric(
            "corral_upstream_up", GAUGE, "1 if the last probe or connection attempt succeeded, else 0", List.of());
    public static final Metric UPSTREAM_CONNECTIONS = new Metric(
            "corral_upstream_connections",
            GAUGE,
            "Open upstream connections",
            List.of(new Label("state", List.of("idle", "leased"))));
    public static final Metric DRAINING =
            new Metric("corral_draining", GAUGE, "1 from the request to stop on, else 0", List.of());
    public static final Metric LOG_LINES =
            new Metric("corral_log_lines_total", COUNTER, "Lines written to a log file", List.of(LOG));
    public static final Metric LOG_DROPPED = new Metric(
            "corral_log_dropped_total",
            COUNTER,
            "Lines lost because the disk was full, failing or too slow",
            List.of(LOG));
    public static final Metric KEYS = new Metric(
            "corral_keys",
            GAUGE,
            "Keys by state",
            List.of(new Label("state", List.of("active", "expired", "revoked"))));
    public static final Metric KEY_FILE_FAILURES = new Metric(
            "corral_key_file_load_failures_total",
            COUNTER,
            "Changed key files that could not be read; the keys before stay in force",
            List.of());
    public static final Metric OBSERVER_FAILURES = new Metric(
            "corral_observer_failures_total", COUNTER, "Exceptions in metrics or logs: bugs of Corral", List.of());
    public static final Metric BUFFER_MEMORY = new Metric(
            "corral_buffer_memory_bytes",
            GAUGE,
            "Memory that the network buffers have reserved",
            List.of(new Label("area", List.of("heap", "direct"))));
    public static final Metric BUILD_INFO = new Metric(
            "corral_build_info",
            GAUGE,
            "Always 1; which build this is",
            List.of(new Label("version", List.of()), new Label("revision", List.of()), new Label("java", List.of())));

    /** All of the above. */
    public static final List<Metric> ALL = Stream.concat(
                    EdgeMetricNames.ALL.stream(),
                    Stream.of(
                            REQUESTS,
                            REFUSALS,
                            AUTH_FAILURES,
                            FIRST_BYTE,
                            DURATION,
                            REQUEST_BYTES,
                            RESPONSE_BYTES,
                            OUTCOMES,
                            POLICY_CHANGES,
                            RELOADS_AVOIDED,
                            CONNECTIONS_REFUSED,
                            UPSTREAM_CONNECTS,
                            UPSTREAM_POISONED,
                            LOOP_LAG,
                            TOKENS,
                            TOKENS_ESTIMATED,
                            GPU_SECONDS,
                            UNFINISHED,
                            FIRST_TOKEN,
                            TOKEN_GAP,
                            TOKEN_GAP_LONGEST,
                            TOKENS_PER_SECOND,
                            QUEUE_WAIT,
                            LIMIT_REFUSALS,
                            QUEUED,
                            RUNNING,
                            STATE_UP,
                            STATE_WRITE_FAILURES,
                            STATE_UNSAVED,
                            STATE_LOCAL,
                            STATE_LEASES,
                            STATE_UNDELIVERED,
                            STATE_LOST,
                            MODELS_LOADED,
                            MODEL_VRAM,
                            IN_FLIGHT,
                            CLIENT_CONNECTIONS,
                            BUFFERED_BYTES,
                            UPSTREAM_UP,
                            UPSTREAM_CONNECTIONS,
                            DRAINING,
                            LOG_LINES,
                            LOG_DROPPED,
                            KEYS,
                            KEY_FILE_FAILURES,
                            OBSERVER_FAILURES,
                            BUFFER_MEMORY,
                            BUILD_INFO))
            .toList();

    /** Series of Micrometer's binders for the JVM, the process and the machine that dashboards may rely on. */
    public static final Set<String> PLATFORM_SERIES = Set.of(
            "jvm_memory_used_bytes",
            "jvm_memory_committed_bytes",
            "jvm_memory_max_bytes",
            "jvm_buffer_memory_used_bytes",
            "jvm_buffer_total_capacity_bytes",
            "jvm_buffer_count_buffers",
            "jvm_gc_pause_seconds_count",
            "jvm_gc_pause_seconds_sum",
            "jvm_gc_pause_seconds_max",
            "jvm_gc_live_data_size_bytes",
            "jvm_gc_max_data_size_bytes",
            "jvm_gc_memory_allocated_bytes_total",
            "jvm_gc_memory_promoted_bytes_total",
            "jvm_threads_live_threads",
            "jvm_threads_daemon_threads",
            "jvm_threads_peak_threads",
            "jvm_threads_started_threads_total",
            "jvm_threads_states_threads",
            "process_cpu_usage",
            "process_files_open_files",
            "process_files_max_files",
            "process_uptime_seconds",
            "process_start_time_seconds",
            "system_cpu_usage",
            "system_load_average_1m");

    private MetricNames() {}

    /** Every name that a dashboard or an alert rule may use. */
    public static Set<String> series() {
        Set<String> names = new LinkedHashSet<>(PLATFORM_SERIES);
        ALL.forEach(metric -> names.addAll(metric.series()));
        return Collections.unmodifiableSet(names);
    }

    private static <T> Label label(String name, T[] values, Function<T, String> word) {
        return new Label(name, Arrays.stream(values).map(word).toList());
    }
}
