package dev.corral.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.policy.Change;
import dev.corral.core.spi.Dialect;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.EndpointGroup;
import dev.corral.core.spi.Outcome;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CardinalityTest {
    private static final int ENDPOINTS = Endpoint.values().length + 1;
    private static final int CODES = ErrorCode.values().length;
    // A route has one dialect; what is no route can have any.
    private static final int REQUESTS =
            (Endpoint.values().length + Dialect.values().length) * MetricNames.STATUS_CLASSES.size() * (CODES + 1);
    // 16 buckets and +Inf, count, sum, max; two histograms.
    private static final int HISTOGRAMS = 2 * ENDPOINTS * (17 + 3);
    private static final int BYTES = 2 * ENDPOINTS;
    private static final int AUTH_FAILURES = 10;
    private static final int POLICY = Change.Kind.values().length + 1;
    private static final int CONNECTIONS = 1 + 2 + 2 + 1 + 1;
    private static final int INFERENCE = (int) Arrays.stream(Endpoint.values())
            .filter(endpoint -> endpoint.group() == EndpointGroup.INFERENCE)
            .count();
    // First token as above; two gaps and the speed have 14 buckets; one counter. Queue, limits, the pair of the others.
    private static final int USAGE_FROM_THE_START =
            INFERENCE * (20 + 3 * 18 + 1) + 20 + MetricNames.REFUSING_LIMITS.length + 1 + 3;
    private static final int FROM_THE_START =
            HISTOGRAMS + BYTES + CODES + AUTH_FAILURES + Outcome.values().length + POLICY + CONNECTIONS;

    private final PrometheusMeterRegistry registry = RuntimeMetrics.newRegistry();
    private final ExchangeMetrics metrics = new ExchangeMetrics(registry);

    @Test
    void strangersText_makesNoSeries() {
        Random random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            metrics.finished(Summaries.random(random));
            metrics.eventLoopLag(random.nextInt(), random.nextLong());
        }
        long some = Scrape.of(registry).count("corral_");
        assertThat(some).isLessThanOrEqualTo(FROM_THE_START + REQUESTS + ExchangeMetrics.MAX_LOOPS);

        for (int loop = 0; loop < ExchangeMetrics.MAX_LOOPS; loop++) {
            metrics.eventLoopLag(loop, 1);
        }
        everyCombination();
        assertThat(Scrape.of(registry).count("corral_"))
                .isEqualTo(FROM_THE_START + REQUESTS + ExchangeMetrics.MAX_LOOPS);
    }

    @Test
    void keysAndModelsWithoutNumber_shareTheirSeriesInTheEnd() {
        PrometheusMeterRegistry another = RuntimeMetrics.newRegistry();
        UsageMetrics usage = new UsageMetrics(another);
        Random random = new Random(3);
        for (int i = 0; i < 60_000; i++) {
            usage.finished(Summaries.random(random));
        }

        assertThat(Scrape.of(another).count("corral_")).isEqualTo(USAGE_FROM_THE_START + 3L * UsageMetrics.MAX_PAIRS);
    }

    @Test
    void unknownTargets_shareTheirSeries() {
        Random random = new Random(2);
        metrics.finished(Summaries.of(null, Dialect.NATIVE, 404, ErrorCode.UNKNOWN_ENDPOINT, Outcome.REFUSED));
        long before = Scrape.of(registry).count("corral_");
        for (int i = 0; i < 1000; i++) {
            Dialect other = Summaries.random(random).dialect();
            metrics.finished(Summaries.of(null, other, 404, ErrorCode.UNKNOWN_ENDPOINT, Outcome.REFUSED));
        }

        assertThat(Scrape.of(registry).count("corral_")).isEqualTo(before + Dialect.values().length - 1);
    }

    private void everyCombination() {
        for (Dialect dialect : Dialect.values()) {
            for (int status = 0; status < 600; status += 100) {
                everyCode(null, dialect, status);
                for (Endpoint endpoint : Endpoint.values()) {
                    everyCode(endpoint, dialect, status);
                }
            }
        }
    }

    private void everyCode(@Nullable Endpoint endpoint, Dialect dialect, int status) {
        metrics.finished(Summaries.of(endpoint, dialect, status, null, Outcome.COMPLETED));
        for (ErrorCode code : ErrorCode.values()) {
            metrics.finished(Summaries.of(endpoint, dialect, status, code, Outcome.REFUSED));
        }
    }
}
