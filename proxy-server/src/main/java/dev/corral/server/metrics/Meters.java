package dev.corral.server.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** Makes series of the metrics in {@link MetricNames}. Any thread. */
record Meters(MeterRegistry registry) {
    Counter counter(MetricNames.Metric metric, String... tags) {
        return Counter.builder(metric.id())
                .description(metric.help())
                .tags(tags)
                .register(registry);
    }

    Timer timer(MetricNames.Metric metric, Duration[] buckets, String... tags) {
        return Timer.builder(metric.id())
                .description(metric.help())
                .tags(tags)
                .serviceLevelObjectives(buckets)
                .register(registry);
    }

    DistributionSummary summary(MetricNames.Metric metric, double[] buckets, String... tags) {
        return DistributionSummary.builder(metric.id())
                .description(metric.help())
                .tags(tags)
                .serviceLevelObjectives(buckets)
                .register(registry);
    }

    static void add(Counter counter, long amount) {
        if (amount > 0) {
            counter.increment((double) amount);
        }
    }
}
