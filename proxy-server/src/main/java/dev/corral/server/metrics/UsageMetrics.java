package dev.corral.server.metrics;

import dev.corral.auth.limit.LimitKind;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.EndpointGroup;
import dev.corral.core.spi.ExchangeObserver;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.Metering;
import dev.corral.core.spi.Principal;
import io.micrometer.core.instrument.Counter;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Counts what models produced, by key and model, and how fast. Only a model that answered has a name here, and only so
 * many pairs of key and model have series of their own; all that comes after them counts as {@link MetricNames#OTHER}.
 *
 * <p>Thread-safe; never blocks. Nothing is allocated for an exchange but at the first one of a pair.
 */
@SuppressWarnings("EnumOrdinal") // array look-ups are the point; nothing outlives the process
public final class UsageMetrics implements ExchangeObserver {
    /** Pairs of key and model with series of their own. */
    static final int MAX_PAIRS = 500;

    private static final double SECOND = 1e9;
    // From a small model on a good GPU to one that is read from disk.
    private static final Duration[] GAPS = {
        Duration.ofMillis(1),
        Duration.ofMillis(2),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(20),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(200),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30)
    };
    private static final double[] SPEEDS = {1, 2, 5, 10, 20, 30, 50, 75, 100, 150, 200, 300, 500, 1000};

    /** One key's use of one model. */
    private record Pair(Counter prompt, Counter completion, Counter gpuSeconds) {}

    /** How fast the answers of one endpoint are. */
    private record Speed(
            Counter unfinished, Histogram firstToken, Histogram gap, Histogram longestGap, Histogram perSecond) {}

    private final Meters meters;
    private final ConcurrentMap<String, ConcurrentMap<String, Pair>> pairs = new ConcurrentHashMap<>();
    private final AtomicInteger pairCount = new AtomicInteger();
    private final Pair otherPair;
    private final Counter estimated;
    private final Histogram queueWait = Histogram.ofTimes(ExchangeMetrics.BUCKETS);
    private final @Nullable Speed[] speeds = new Speed[Endpoint.values().length];
    private final Map<LimitKind, Counter> refusals = new EnumMap<>(LimitKind.class);

    /** Registers every series but those of pairs of key and model. */
    public UsageMetrics(PrometheusMeterRegistry registry) {
        meters = new Meters(registry);
        otherPair = newPair(MetricNames.OTHER, MetricNames.OTHER);
        estimated = meters.counter(MetricNames.TOKENS_ESTIMATED);
        meters.histograms(MetricNames.QUEUE_WAIT, series -> series.add(queueWait));
        for (Endpoint endpoint : Endpoint.values()) {
            if (endpoint.group() == EndpointGroup.INFERENCE) {
                speeds[endpoint.ordinal()] = newSpeed(endpoint.pattern());
            }
        }
        speeds(MetricNames.FIRST_TOKEN, Speed::firstToken);
        speeds(MetricNames.TOKEN_GAP, Speed::gap);
        speeds(MetricNames.TOKEN_GAP_LONGEST, Speed::longestGap);
        speeds(MetricNames.TOKENS_PER_SECOND, Speed::perSecond);
        for (LimitKind kind : MetricNames.REFUSING_LIMITS) {
            refusals.put(kind, meters.counter(MetricNames.LIMIT_REFUSALS, "limit", kind.label()));
        }
    }

    /** A request was refused because of this limit; not {@link LimitKind#BURST}, which is none of its own. */
    public void refused(LimitKind kind) {
        Counter counter = refusals.get(kind);
        if (counter != null) {
            counter.increment();
        }
    }

    @Override
    public void finished(ExchangeSummary summary) {
        if (summary.queuePosition() > 0 && summary.queuedNanos() >= 0) {
            queueWait.record(summary.queuedNanos(), ExchangeMetrics.minute(summary));
        }
        Metering metering = summary.metering();
        if (metering.source() == Metering.Source.NONE) {
            return;
        }
        Pair pair = pair(summary);
        Meters.add(pair.prompt, metering.promptTokens());
        Meters.add(pair.completion, metering.completionTokens());
        if (metering.gpuNanos() > 0) {
            pair.gpuSeconds.increment(metering.gpuNanos() / SECOND);
        }
        if (metering.source() == Metering.Source.ESTIMATED) {
            Meters.add(estimated, metering.tokens());
        }
        Endpoint endpoint = summary.endpoint();
        Speed speed = endpoint == null ? null : speeds[endpoint.ordinal()];
        if (speed != null) {
            record(metering, speed, ExchangeMetrics.minute(summary));
        }
    }

    private static void record(Metering metering, Speed speed, long minute) {
        if (!metering.ended()) {
            speed.unfinished.increment();
        }
        speed.firstToken.record(metering.firstTokenNanos(), minute);
        if (metering.pieces() > 1 && metering.gapNanos() >= 0) {
            speed.gap.record(metering.gapNanos() / (metering.pieces() - 1), minute);
            speed.longestGap.record(Math.max(0, metering.longestGapNanos()), minute);
        }
        // Where the upstream does not tell how long it generated, the time from the first piece on has all but one.
        boolean told = metering.evalNanos() > 0;
        long nanos = told ? metering.evalNanos() : metering.pieces() > 1 ? metering.gapNanos() : 0;
        long tokens = told ? metering.completionTokens() : metering.completionTokens() - 1;
        if (nanos > 0 && tokens > 0) {
            speed.perSecond.record(tokens * SECOND / nanos, minute);
        }
    }

    private Pair pair(ExchangeSummary summary) {
        Principal principal = summary.principal();
        String model = summary.model();
        // What did not answer may not exist, and callers can think of many names.
        boolean answered = summary.status() >= 200 && summary.status() < 300;
        if (principal == null || model == null || !answered) {
            return otherPair;
        }
        ConcurrentMap<String, Pair> models = pairs.get(principal.keyId());
        Pair pair = models == null ? null : models.get(model);
        return pair == null ? firstOf(principal.keyId(), model) : pair;
    }

    private Pair firstOf(String key, String model) {
        if (pairCount.get() >= MAX_PAIRS || pairCount.incrementAndGet() > MAX_PAIRS) {
            return otherPair;
        }
        ConcurrentMap<String, Pair> models = pairs.computeIfAbsent(key, any -> new ConcurrentHashMap<>());
        Pair made = newPair(key, model);
        Pair before = models.putIfAbsent(model, made);
        if (before != null) {
            pairCount.decrementAndGet();
            return before;
        }
        return made;
    }

    private Pair newPair(String key, String model) {
        return new Pair(
                meters.counter(MetricNames.TOKENS, "key", key, "model", model, "kind", "prompt"),
                meters.counter(MetricNames.TOKENS, "key", key, "model", model, "kind", "completion"),
                meters.counter(MetricNames.GPU_SECONDS, "key", key, "model", model));
    }

    private Speed newSpeed(String endpoint) {
        return new Speed(
                meters.counter(MetricNames.UNFINISHED, "endpoint", endpoint),
                Histogram.ofTimes(ExchangeMetrics.BUCKETS),
                Histogram.ofTimes(GAPS),
                Histogram.ofTimes(GAPS),
                Histogram.ofNumbers(SPEEDS));
    }

    private void speeds(MetricNames.Metric metric, Function<Speed, Histogram> which) {
        meters.histograms(metric, series -> {
            for (Endpoint endpoint : Endpoint.values()) {
                Speed speed = speeds[endpoint.ordinal()];
                if (speed != null) {
                    series.add(which.apply(speed), "endpoint", endpoint.pattern());
                }
            }
        });
    }
}
