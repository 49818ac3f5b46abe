package dev.corral.server.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.function.Consumer;

/** Makes series of the metrics in {@link MetricNames}. Any thread. */
record Meters(PrometheusMeterRegistry registry) {
    Counter counter(MetricNames.Metric metric, String... tags) {
        return Counter.builder(metric.id())
                .description(metric.help())
                .tags(tags)
                .register(registry);
    }

    /** Registers all series of a metric, which {@code adding} puts in. */
    void histograms(MetricNames.Metric metric, Consumer<Histograms> adding) {
        Histograms made = new Histograms(metric, registry.config().clock());
        adding.accept(made);
        registry.getPrometheusRegistry().register(made);
    }

    static void add(Counter counter, long amount) {
        if (amount > 0) {
            counter.increment((double) amount);
        }
    }
}
