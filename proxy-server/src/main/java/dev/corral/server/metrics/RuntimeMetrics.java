package dev.corral.server.metrics;

import dev.corral.core.CoreStats;
import dev.corral.core.policy.LoadedModel;
import dev.corral.server.log.LogCounts;
import dev.corral.server.tls.TlsCounts;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** Gauges of the running program, read when scraped. Thread-safe; {@link #close} ends the watch on the collector. */
public final class RuntimeMetrics implements AutoCloseable {
    /**
     * Where the figures come from; read on the scrape's thread, must not block.
     *
     * @param core the data path
     * @param keys the keys in force
     * @param access the access log
     * @param audit the audit log
     * @param observerFailures {@link Observers#failures}
     * @param store {@code sqlite} or {@code redis}
     * @param state the store of limits and usage
     * @param loaded the models that the upstream has loaded; none where that is not known
     * @param tls handshakes and certificates
     */
    public record Sources(
            Supplier<CoreStats> core,
            Supplier<KeyCounts> keys,
            Supplier<LogCounts> access,
            Supplier<LogCounts> audit,
            Supplier<Long> observerFailures,
            String store,
            Supplier<StateCounts> state,
            Supplier<List<LoadedModel>> loaded,
            Supplier<TlsCounts> tls) {}

    private static final int MAX_MODELS = 64;
    private static final int MAX_CERTIFICATES = 64;

    private final MeterRegistry registry;
    private final Supplier<List<LoadedModel>> loaded;
    private final MultiGauge vram;
    private final Supplier<TlsCounts> tls;
    private final MultiGauge expiry;
    private final JvmGcMetrics collector = new JvmGcMetrics();

    /** A registry for all of Corral's metrics; its {@code scrape()} is the exposition. */
    public static PrometheusMeterRegistry newRegistry() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        // Their names break Prometheus' rules (promtool check metrics), and others tell the same.
        registry.config()
                .meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"))
                .meterFilter(MeterFilter.denyNameStartsWith("system.cpu.count"));
        return registry;
    }

    /** Registers all of them. */
    public RuntimeMetrics(MeterRegistry registry, Sources sources, BuildInfo build) {
        this.registry = registry;
        loaded = sources.loaded();
        vram = MultiGauge.builder(MetricNames.MODEL_VRAM.id())
                .description(MetricNames.MODEL_VRAM.help())
                .register(registry);
        tls = sources.tls();
        expiry = MultiGauge.builder(EdgeMetricNames.TLS_EXPIRY.id())
                .description(EdgeMetricNames.TLS_EXPIRY.help())
                .register(registry);
        tls();
        gauge(MetricNames.MODELS_LOADED, loaded, List::size);
        state(sources.store(), sources.state());
        core(sources.core());
        keys(sources.keys());
        log("access", sources.access());
        log("audit", sources.audit());
        counter(MetricNames.OBSERVER_FAILURES, sources.observerFailures(), Long::longValue);
        buffers();
        gauge(
                MetricNames.BUILD_INFO,
                () -> build,
                one -> 1,
                "version",
                build.version(),
                "revision",
                build.revision(),
                "java",
                build.java());
        for (MeterBinder binder : List.of(
                new JvmMemoryMetrics(),
                new JvmThreadMetrics(),
                new ClassLoaderMetrics(),
                new ProcessorMetrics(),
                new UptimeMetrics(),
                new FileDescriptorMetrics(),
                collector)) {
            binder.bindTo(registry);
        }
    }

    @Override
    public void close() {
        collector.close();
    }

    /** Looks which models are loaded, for series that come and go with them; before each scrape. */
    public synchronized void refresh() {
        List<LoadedModel> models = loaded.get();
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        for (LoadedModel model : models.subList(0, Math.min(models.size(), MAX_MODELS))) {
            rows.add(MultiGauge.Row.of(Tags.of("model", model.name()), model.vramBytes()));
        }
        vram.register(rows, true);
        refreshExpiry();
    }

    private void refreshExpiry() {
        Map<String, MultiGauge.Row<?>> rows = new LinkedHashMap<>();
        for (TlsCounts.Validity one : tls.get().certificates()) {
            if (rows.size() < MAX_CERTIFICATES) {
                // Two of one name, as of two kinds of key, need a series each.
                String name = rows.containsKey(one.name()) ? one.name() + " " + (rows.size() + 1) : one.name();
                rows.put(name, MultiGauge.Row.of(Tags.of("certificate", name), one.endsAt()));
            }
        }
        expiry.register(rows.values(), true);
    }

    private void tls() {
        counter(EdgeMetricNames.TLS_HANDSHAKES, tls, TlsCounts::succeeded, "result", "ok");
        counter(EdgeMetricNames.TLS_HANDSHAKES, tls, TlsCounts::failed, "result", "failed");
        counter(EdgeMetricNames.TLS_FAILURES, tls, TlsCounts::reloadFailures);
    }

    private void state(String store, Supplier<StateCounts> state) {
        gauge(MetricNames.STATE_UP, state, counts -> counts.up() ? 1 : 0, "store", store);
        gauge(MetricNames.STATE_UNSAVED, state, counts -> counts.unsavedMillis() / 1000.0);
        counter(MetricNames.STATE_WRITE_FAILURES, state, StateCounts::writeFailures);
        counter(MetricNames.STATE_LOCAL, state, StateCounts::localDecisions);
        gauge(MetricNames.STATE_LEASES, state, StateCounts::leases);
        gauge(MetricNames.STATE_UNDELIVERED, state, StateCounts::undelivered);
        counter(MetricNames.STATE_LOST, state, StateCounts::lost);
    }

    private void core(Supplier<CoreStats> core) {
        gauge(MetricNames.IN_FLIGHT, core, CoreStats::inFlight);
        gauge(MetricNames.CLIENT_CONNECTIONS, core, CoreStats::clientConnections);
        gauge(MetricNames.BUFFERED_BYTES, core, CoreStats::bufferedBodyBytes);
        gauge(MetricNames.UPSTREAM_UP, core, stats -> stats.upstreamReachable() ? 1 : 0);
        gauge(MetricNames.UPSTREAM_CONNECTIONS, core, CoreStats::upstreamIdle, "state", "idle");
        gauge(MetricNames.UPSTREAM_CONNECTIONS, core, CoreStats::upstreamLeased, "state", "leased");
        gauge(MetricNames.QUEUED, core, CoreStats::queued);
        gauge(MetricNames.RUNNING, core, CoreStats::running);
        gauge(MetricNames.DRAINING, core, stats -> stats.draining() ? 1 : 0);
    }

    private void keys(Supplier<KeyCounts> keys) {
        gauge(MetricNames.KEYS, keys, KeyCounts::active, "state", "active");
        gauge(MetricNames.KEYS, keys, KeyCounts::expired, "state", "expired");
        gauge(MetricNames.KEYS, keys, KeyCounts::revoked, "state", "revoked");
        counter(MetricNames.KEY_FILE_FAILURES, keys, KeyCounts::loadFailures);
    }

    private void log(String log, Supplier<LogCounts> counts) {
        counter(MetricNames.LOG_LINES, counts, LogCounts::lines, "log", log);
        counter(MetricNames.LOG_DROPPED, counts, LogCounts::dropped, "log", log);
    }

    private void buffers() {
        if (ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider) {
            gauge(MetricNames.BUFFER_MEMORY, provider::metric, ByteBufAllocatorMetric::usedHeapMemory, "area", "heap");
            gauge(
                    MetricNames.BUFFER_MEMORY,
                    provider::metric,
                    ByteBufAllocatorMetric::usedDirectMemory,
                    "area",
                    "direct");
        }
    }

    private <T> void gauge(MetricNames.Metric metric, Supplier<T> source, ToDoubleFunction<T> value, String... tags) {
        Gauge.builder(metric.id(), () -> value.applyAsDouble(source.get()))
                .description(metric.help())
                .tags(tags)
                .register(registry);
    }

    private <T> void counter(MetricNames.Metric metric, Supplier<T> source, ToLongFunction<T> value, String... tags) {
        // The meter keeps only a weak reference to its object: the function has to hold the source.
        FunctionCounter.builder(metric.id(), source, weak -> value.applyAsLong(source.get()))
                .description(metric.help())
                .tags(tags)
                .register(registry);
    }
}
