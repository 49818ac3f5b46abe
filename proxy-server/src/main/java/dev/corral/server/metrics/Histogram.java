package dev.corral.server.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.atomic.DoubleAdder;

/**
 * Amounts by their size. It shows what a timer of Micrometer's would, for a fraction of its cost: it reads no clock, and
 * of the greatest amounts only a new one costs more than a comparison.
 *
 * <p>Thread-safe; never blocks. An amount is never lost; a reader may see it in the buckets before it is in the sum.
 */
final class Histogram {
    private static final double SECOND = 1e9;
    private static final AtomicReferenceFieldUpdater<Histogram, Peak> PEAK =
            AtomicReferenceFieldUpdater.newUpdater(Histogram.class, Peak.class, "peak");

    /**
     * The greatest amounts of a minute and of the two before it.
     *
     * @param minute since the epoch
     */
    private record Peak(long minute, double greatest, double before, double twoBefore) {
        private static final Peak NONE = new Peak(Long.MIN_VALUE, 0, 0, 0);
        private static final int MINUTES = 3;

        boolean covers(double amount, long now) {
            // Exchanges are told of in the order of their ends, but by several threads.
            return amount <= greatest && late(now - minute);
        }

        Peak with(double amount, long now) {
            long later = now - minute;
            if (later == 1) {
                return new Peak(now, amount, greatest, before);
            }
            if (later == 2) {
                return new Peak(now, amount, 0, greatest);
            }
            if (late(later)) {
                return new Peak(minute, Math.max(amount, greatest), before, twoBefore);
            }
            // Long after, or the clock was set back.
            return new Peak(now, amount, 0, 0);
        }

        private static boolean late(long later) {
            return later <= 0 && later > -MINUTES;
        }

        double at(long now) {
            long later = now - minute;
            if (later >= MINUTES || later <= -MINUTES) {
                return 0;
            }
            double latest = later >= 2 ? greatest : Math.max(greatest, before);
            return later >= 1 ? latest : Math.max(latest, twoBefore);
        }
    }

    private final double unit;
    // In what is recorded, and in what is shown with infinity at the end.
    private final double[] bounds;
    private final double[] shown;
    // One more than there are bounds.
    private final AtomicLongArray counts;
    private final DoubleAdder sum = new DoubleAdder();
    private volatile Peak peak = Peak.NONE;

    private Histogram(double unit, double[] bounds) {
        this.unit = unit;
        this.bounds = bounds;
        this.shown = Arrays.copyOf(bounds, bounds.length + 1);
        for (int i = 0; i < bounds.length; i++) {
            shown[i] /= unit;
        }
        shown[bounds.length] = Double.POSITIVE_INFINITY;
        this.counts = new AtomicLongArray(shown.length);
    }

    /** Of nanoseconds, shown as seconds; bounds are upper and inclusive, in ascending order. */
    static Histogram ofTimes(Duration... bounds) {
        return new Histogram(
                SECOND, Arrays.stream(bounds).mapToDouble(Duration::toNanos).toArray());
    }

    /** Of numbers, shown as they are; bounds likewise. */
    static Histogram ofNumbers(double... bounds) {
        return new Histogram(1, bounds.clone());
    }

    /**
     * Counts an amount; one that is negative or no number is left out.
     *
     * @param minute the present one since the epoch
     */
    void record(long amount, long minute) {
        record((double) amount, minute);
    }

    /** The same of one that may have a fraction. */
    void record(double amount, long minute) {
        if (!(amount >= 0)) {
            return;
        }
        int bucket = 0;
        while (bucket < bounds.length && amount > bounds[bucket]) {
            bucket++;
        }
        counts.getAndIncrement(bucket);
        sum.add(amount);
        Peak seen = peak;
        while (!seen.covers(amount, minute) && !PEAK.compareAndSet(this, seen, seen.with(amount, minute))) {
            seen = peak;
        }
    }

    /** What was counted so far, as Prometheus shows it. */
    HistogramDataPointSnapshot snapshot(Labels labels) {
        long[] now = new long[shown.length];
        Arrays.setAll(now, counts::get);
        return new HistogramDataPointSnapshot(
                ClassicHistogramBuckets.of(shown, now), sum.sum() / unit, labels, Exemplars.EMPTY, 0);
    }

    /** The greatest amount of this minute and of the two before it; 0 where there was none. */
    double greatest(long minute) {
        return peak.at(minute) / unit;
    }
}
