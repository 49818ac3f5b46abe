package dev.corral.server.metrics;

import io.micrometer.core.instrument.Clock;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * All series of one metric that is a histogram, and beside it the gauge of the greatest amounts. Made whole before it is
 * registered; read on the scrape's thread.
 */
final class Histograms implements MultiCollector {
    private record Series(Labels labels, Histogram histogram) {}

    private final MetricNames.Metric metric;
    private final Clock clock;
    private final List<Series> series = new ArrayList<>();

    Histograms(MetricNames.Metric metric, Clock clock) {
        this.metric = metric;
        this.clock = clock;
    }

    /** The minute of a point in time, in milliseconds since the epoch. */
    static long minute(long epochMillis) {
        return Math.floorDiv(epochMillis, TimeUnit.MINUTES.toMillis(1));
    }

    /** Adds a series; not after it was registered. */
    Histogram add(Histogram histogram, String... labels) {
        series.add(new Series(Labels.of(labels), histogram));
        return histogram;
    }

    @Override
    public MetricSnapshots collect() {
        long minute = minute(clock.wallTime());
        List<HistogramDataPointSnapshot> amounts = new ArrayList<>();
        List<GaugeDataPointSnapshot> greatest = new ArrayList<>();
        for (Series one : series) {
            amounts.add(one.histogram().snapshot(one.labels()));
            greatest.add(new GaugeDataPointSnapshot(one.histogram().greatest(minute), one.labels(), null));
        }
        return MetricSnapshots.of(
                new HistogramSnapshot(new MetricMetadata(metric.name(), metric.help()), amounts),
                new GaugeSnapshot(new MetricMetadata(metric.name() + "_max", metric.help()), greatest));
    }
}
