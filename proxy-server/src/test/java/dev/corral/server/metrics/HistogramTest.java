package dev.corral.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HistogramTest {
    private static final Duration[] TIMES = {Duration.ofMillis(5), Duration.ofMillis(25), Duration.ofSeconds(1)};
    private static final double[] NUMBERS = {1, 50, 1000};
    private static final long MINUTE = 28_000_000;

    private final Histogram histogram = Histogram.ofTimes(TIMES);

    /** Of the same name, labels and help, fed the same amounts. */
    @Test
    void exposition_isThatOfMicrometersOwnTimersAndSummaries() {
        MockClock clock = new MockClock();
        PrometheusMeterRegistry ours = registry(clock);
        PrometheusMeterRegistry theirs = registry(clock);
        Histogram times = Histogram.ofTimes(TIMES);
        Histogram numbers = Histogram.ofNumbers(NUMBERS);
        Meters meters = new Meters(ours);
        meters.histograms(MetricNames.DURATION, series -> {
            series.add(times, "endpoint", "/api/chat");
            series.add(Histogram.ofTimes(TIMES), "endpoint", "other");
        });
        meters.histograms(MetricNames.TOKENS_PER_SECOND, series -> series.add(numbers));
        Timer timer = timer(theirs, "/api/chat");
        timer(theirs, "other");
        DistributionSummary summary = DistributionSummary.builder(MetricNames.TOKENS_PER_SECOND.id())
                .description(MetricNames.TOKENS_PER_SECOND.help())
                .serviceLevelObjectives(NUMBERS)
                .register(theirs);

        Random random = new Random(5);
        for (int i = 0; i < 20_000; i++) {
            // Often on a bound, and at times no amount at all.
            long nanos = random.nextInt(4) == 0
                    ? TIMES[random.nextInt(TIMES.length)].toNanos() + random.nextInt(3) - 1
                    : (long) (Math.exp(random.nextDouble() * 24) - 2);
            long number = random.nextInt(4) == 0 ? 50 : random.nextInt(2_000);
            long minute = Histograms.minute(clock.wallTime());
            times.record(nanos, minute);
            timer.record(nanos, TimeUnit.NANOSECONDS);
            numbers.record(number, minute);
            summary.record((double) number);
            if (i % 1_000 == 0) {
                assertThat(ours.scrape()).isEqualTo(theirs.scrape());
            }
        }
        assertThat(ours.scrape()).isEqualTo(theirs.scrape());
    }

    @Test
    void amountOnABound_belongsBelowIt_andBeyondTheLastBelongsToNoBucketButInfinity() {
        histogram.record(5_000_000, MINUTE);
        histogram.record(5_000_001, MINUTE);
        histogram.record(2e9, MINUTE);

        assertThat(buckets()).containsExactly(1, 1, 0, 1);
    }

    @Test
    void whatIsNoAmount_isLeftOut() {
        histogram.record(-1, MINUTE);
        histogram.record(Double.NaN, MINUTE);

        assertThat(buckets()).containsExactly(0, 0, 0, 0);
        assertThat(histogram.greatest(MINUTE)).isZero();
    }

    @Test
    void greatest_isForgottenAfterThreeMinutes() {
        histogram.record(3e9, MINUTE);
        histogram.record(2e9, MINUTE + 1);
        histogram.record(1e9, MINUTE + 2);

        assertThat(histogram.greatest(MINUTE + 2)).isEqualTo(3);
        assertThat(histogram.greatest(MINUTE + 3)).isEqualTo(2);
        assertThat(histogram.greatest(MINUTE + 4)).isEqualTo(1);
        assertThat(histogram.greatest(MINUTE + 5)).isZero();
    }

    @Test
    void greatestOfLongAgo_isNotThatOfNow() {
        histogram.record(3e9, MINUTE);
        histogram.record(1e9, MINUTE + 2);
        assertThat(histogram.greatest(MINUTE + 2)).isEqualTo(3);

        histogram.record(1e9, MINUTE + 10);
        assertThat(histogram.greatest(MINUTE + 10)).isEqualTo(1);
    }

    @Test
    void greatestToldLate_countsStill() {
        histogram.record(1e9, MINUTE);
        histogram.record(3e9, MINUTE - 1);

        assertThat(histogram.greatest(MINUTE)).isEqualTo(3);
    }

    @Test
    void clockSetBack_doesNotKeepTheGreatestForEver() {
        histogram.record(3e9, MINUTE + 500_000);
        assertThat(histogram.greatest(MINUTE)).isZero();

        histogram.record(1e9, MINUTE);
        assertThat(histogram.greatest(MINUTE)).isEqualTo(1);
    }

    @Test
    void severalThreads_loseNothing() throws InterruptedException {
        int each = 200_000;
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> threads = IntStream.range(0, 4)
                .mapToObj(thread -> new Thread(() -> {
                    try {
                        start.await();
                    } catch (InterruptedException e) {
                        return;
                    }
                    for (int i = 1; i <= each; i++) {
                        histogram.record(i * 4L + thread, MINUTE + i / (each / 2));
                    }
                }))
                .toList();
        threads.forEach(Thread::start);
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(buckets()).containsExactly(4 * each, 0, 0, 0);
        // All whole numbers from 4 to 800,003.
        assertThat(histogram.snapshot(Labels.EMPTY).getSum())
                .isCloseTo(4e-9 * each * (4L * each + 7) / 2, within(1e-9));
        assertThat(histogram.greatest(MINUTE + 2)).isEqualTo((each * 4L + 3) / 1e9);
    }

    private int[] buckets() {
        return histogram.snapshot(Labels.EMPTY).getClassicBuckets().stream()
                .mapToInt(bucket -> (int) bucket.getCount())
                .toArray();
    }

    private static PrometheusMeterRegistry registry(Clock clock) {
        return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, new PrometheusRegistry(), clock);
    }

    private static Timer timer(PrometheusMeterRegistry registry, String endpoint) {
        return Timer.builder(MetricNames.DURATION.id())
                .description(MetricNames.DURATION.help())
                .tags("endpoint", endpoint)
                .serviceLevelObjectives(TIMES)
                .register(registry);
    }
}
