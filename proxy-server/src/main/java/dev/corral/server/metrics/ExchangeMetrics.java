package dev.corral.server.metrics;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.policy.Change;
import dev.corral.core.spi.Dialect;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.ExchangeObserver;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.Outcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Counts exchanges. Every data point is found by an index made of enum ordinals: no text of a caller's can make a
 * series, and nothing is looked up by name for an exchange but what policy changed in it, which
 * has words of Corral's own.
 *
 * <p>Thread-safe; never blocks. {@code requests} has far more possible series than occur, so those are made at their
 * first exchange; all others exist from the start, so that rates are right from the first event on.
 */
@SuppressWarnings("EnumOrdinal") // array look-ups are the point; nothing outlives the process
public final class ExchangeMetrics implements ExchangeObserver {
    /** Loops beyond this share the last gauge. */
    static final int MAX_LOOPS = 128;

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final Endpoint[] ENDPOINTS = Endpoint.values();
    private static final Dialect[] DIALECTS = Dialect.values();
    private static final ErrorCode[] CODES = ErrorCode.values();
    private static final int STATUSES = MetricNames.STATUS_CLASSES.size();
    private static final int OTHER = ENDPOINTS.length;
    // From a refusal or a cached listing to a long generation on a slow machine.
    static final Duration[] BUCKETS = {
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofMinutes(1),
        Duration.ofMinutes(2),
        Duration.ofMinutes(5),
        Duration.ofMinutes(10)
    };

    private final PrometheusMeterRegistry registry;
    private final Meters meters;
    private final AtomicReferenceArray<@Nullable Counter> requests =
            new AtomicReferenceArray<>((OTHER + 1) * DIALECTS.length * STATUSES * (CODES.length + 1));
    private final Counter[] refusals = new Counter[CODES.length];
    private final @Nullable Counter[] authFailures = new Counter[CODES.length];
    private final Counter[] outcomes = new Counter[Outcome.values().length];
    private final Histogram[] firstByte = new Histogram[OTHER + 1];
    private final Histogram[] duration = new Histogram[OTHER + 1];
    private final Counter[] requestBytes = new Counter[OTHER + 1];
    private final Counter[] responseBytes = new Counter[OTHER + 1];
    private final Map<String, Counter> policyChanges = new HashMap<>();
    private final Counter reloadsAvoided;
    private final Counter connectionsRefused;
    private final Counter http2Floods;
    private final Counter http2Broken;
    private final Counter connectsSucceeded;
    private final Counter connectsFailed;
    private final Counter poisoned;
    private final Counter plainCredentials;
    private final AtomicLongArray lagNanos = new AtomicLongArray(MAX_LOOPS);
    private final AtomicReferenceArray<@Nullable Gauge> lagGauges = new AtomicReferenceArray<>(MAX_LOOPS);

    /** Registers every series but those of {@code requests} and loop lag. */
    public ExchangeMetrics(PrometheusMeterRegistry registry) {
        this.registry = registry;
        meters = new Meters(registry);
        for (ErrorCode code : CODES) {
            refusals[code.ordinal()] = meters.counter(MetricNames.REFUSALS, "code", code.label());
            if (code.unauthenticated()) {
                authFailures[code.ordinal()] = meters.counter(MetricNames.AUTH_FAILURES, "reason", code.label());
            }
        }
        for (Outcome outcome : Outcome.values()) {
            outcomes[outcome.ordinal()] = meters.counter(MetricNames.OUTCOMES, "outcome", outcome.label());
        }
        for (int e = 0; e <= OTHER; e++) {
            requestBytes[e] = meters.counter(MetricNames.REQUEST_BYTES, "endpoint", label(e));
            responseBytes[e] = meters.counter(MetricNames.RESPONSE_BYTES, "endpoint", label(e));
        }
        times(MetricNames.FIRST_BYTE, firstByte);
        times(MetricNames.DURATION, duration);
        for (Change.Kind kind : Change.Kind.values()) {
            policyChanges.put(kind.label(), meters.counter(MetricNames.POLICY_CHANGES, "kind", kind.label()));
        }
        reloadsAvoided = meters.counter(MetricNames.RELOADS_AVOIDED);
        connectionsRefused = meters.counter(MetricNames.CONNECTIONS_REFUSED);
        http2Floods = meters.counter(EdgeMetricNames.HTTP2_CLOSED, "reason", "flood");
        http2Broken = meters.counter(EdgeMetricNames.HTTP2_CLOSED, "reason", "protocol");
        connectsSucceeded = meters.counter(MetricNames.UPSTREAM_CONNECTS, "result", "success");
        connectsFailed = meters.counter(MetricNames.UPSTREAM_CONNECTS, "result", "failure");
        poisoned = meters.counter(MetricNames.UPSTREAM_POISONED);
        plainCredentials = meters.counter(EdgeMetricNames.TLS_PLAIN);
    }

    @Override
    public void finished(ExchangeSummary summary) {
        Endpoint known = summary.endpoint();
        int endpoint = known == null ? OTHER : known.ordinal();
        // The dialect of a route is fixed; taking it from there bounds the number of series.
        Dialect dialect = known == null ? summary.dialect() : known.dialect();
        ProxyError error = summary.error();
        requests(endpoint, dialect.ordinal(), statusClass(summary), error == null ? CODES.length : index(error))
                .increment();
        if (error != null) {
            countError(summary, error.code());
        }
        if (!summary.changes().isEmpty()) {
            countChanges(summary.changes());
        }
        outcomes[summary.outcome().ordinal()].increment();
        long minute = minute(summary);
        firstByte[endpoint].record(summary.firstByteNanos(), minute);
        duration[endpoint].record(Math.max(0, summary.durationNanos()), minute);
        Meters.add(requestBytes[endpoint], summary.requestBytes());
        Meters.add(responseBytes[endpoint], summary.responseBytes());
    }

    /** The minute in which it ended. */
    static long minute(ExchangeSummary summary) {
        return Histograms.minute(summary.startedAtMillis() + summary.durationNanos() / NANOS_PER_MILLI);
    }

    private void times(MetricNames.Metric metric, Histogram[] byEndpoint) {
        meters.histograms(metric, series -> {
            for (int e = 0; e <= OTHER; e++) {
                byEndpoint[e] = series.add(Histogram.ofTimes(BUCKETS), "endpoint", label(e));
            }
        });
    }

    private void countChanges(List<String> kinds) {
        for (String kind : kinds) {
            Counter counter = policyChanges.get(kind);
            if (counter != null) {
                counter.increment();
            }
        }
        if (kinds.contains(Change.Kind.LOAD_OPTION.label())) {
            reloadsAvoided.increment();
        }
    }

    @Override
    public void eventLoopLag(int loop, long nanos) {
        int index = Math.min(Math.max(loop, 0), MAX_LOOPS - 1);
        if (lagGauges.getOpaque(index) == null) {
            lagGauges.set(index, lagGauge(index));
        }
        if (nanos > lagNanos.getOpaque(index)) {
            lagNanos.accumulateAndGet(index, nanos, Math::max);
        }
    }

    @Override
    public void connectionRefused() {
        connectionsRefused.increment();
    }

    @Override
    public void http2Closed(InetAddress client, boolean flood) {
        (flood ? http2Floods : http2Broken).increment();
    }

    @Override
    public void upstreamConnect(boolean success) {
        (success ? connectsSucceeded : connectsFailed).increment();
    }

    @Override
    public void upstreamPoisoned() {
        poisoned.increment();
    }

    @Override
    public void credentialOverPlainHttp(InetAddress client) {
        plainCredentials.increment();
    }

    private void countError(ExchangeSummary summary, ErrorCode code) {
        // A response that was broken off later keeps the upstream's status: that is no refusal.
        if (summary.outcome() != Outcome.CLIENT_GONE && summary.status() == code.status()) {
            refusals[code.ordinal()].increment();
        }
        Counter failures = authFailures[code.ordinal()];
        if (failures != null) {
            failures.increment();
        }
    }

    private Counter requests(int endpoint, int dialect, int status, int code) {
        int index = ((endpoint * DIALECTS.length + dialect) * STATUSES + status) * (CODES.length + 1) + code;
        Counter counter = requests.getAcquire(index);
        if (counter == null) {
            counter = meters.counter(
                    MetricNames.REQUESTS,
                    "endpoint",
                    label(endpoint),
                    "dialect",
                    DIALECTS[dialect].label(),
                    "status",
                    MetricNames.STATUS_CLASSES.get(status),
                    "code",
                    code == CODES.length ? "" : CODES[code].label());
            requests.setRelease(index, counter);
        }
        return counter;
    }

    /** An index into {@link MetricNames#STATUS_CLASSES}. */
    private static int statusClass(ExchangeSummary summary) {
        int status = summary.status();
        // 499 for a client that left stands for a status that was never sent.
        boolean sent = summary.outcome() != Outcome.CLIENT_GONE || status != ErrorCode.CLIENT_GONE.status();
        return sent && status >= 100 && status < 600 ? status / 100 : 0;
    }

    private static int index(ProxyError error) {
        return error.code().ordinal();
    }

    private static String label(int endpoint) {
        return endpoint == OTHER ? MetricNames.OTHER : ENDPOINTS[endpoint].pattern();
    }

    private Gauge lagGauge(int index) {
        // Reading resets: a peak is seen by exactly one scrape, however short it was.
        return Gauge.builder(MetricNames.LOOP_LAG.id(), () -> lagNanos.getAndSet(index, 0) / 1e9)
                .description(MetricNames.LOOP_LAG.help())
                .tags("loop", Integer.toString(index))
                .register(registry);
    }
}
