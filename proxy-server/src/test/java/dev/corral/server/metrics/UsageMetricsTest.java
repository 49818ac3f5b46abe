package dev.corral.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.auth.limit.LimitKind;
import dev.corral.core.spi.Metering;
import dev.corral.core.spi.Metering.Source;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.Test;

class UsageMetricsTest {
    private static final long MILLI = 1_000_000;
    private static final String MODEL = "registry.ollama.ai/library/llama3:latest";

    private final PrometheusMeterRegistry registry = RuntimeMetrics.newRegistry();
    private final UsageMetrics usage = new UsageMetrics(registry);

    /** 30 tokens read, 11 generated in 100 ms, of 250 ms of work; 11 pieces within 100 ms. */
    private static Metering metering(Source source, boolean ended, long evalNanos) {
        return new Metering(
                source, ended, 30, 11, 250 * MILLI, -1, -1, evalNanos, 40 * MILLI, 11, 100 * MILLI, 35 * MILLI);
    }

    @Test
    void answer_isCountedByKeyAndModel() {
        usage.finished(Summaries.metered(metering(Source.REPORTED, true, 200 * MILLI)));

        Scrape scrape = Scrape.of(registry);
        assertThat(scrape.value("corral_tokens_total", "key", "k1", "model", MODEL, "kind", "prompt"))
                .isEqualTo(30);
        assertThat(scrape.value("corral_tokens_total", "key", "k1", "model", MODEL, "kind", "completion"))
                .isEqualTo(11);
        assertThat(scrape.value("corral_gpu_seconds_total", "key", "k1", "model", MODEL))
                .isEqualTo(0.25);
        assertThat(scrape.value("corral_tokens_estimated_total")).isZero();
        assertThat(scrape.value("corral_unfinished_total", "endpoint", "/api/chat"))
                .isZero();
        assertThat(scrape.value("corral_first_token_seconds_sum", "endpoint", "/api/chat"))
                .isEqualTo(0.04);
        assertThat(scrape.value("corral_token_gap_seconds_sum", "endpoint", "/api/chat"))
                .isEqualTo(0.01);
        assertThat(scrape.value("corral_token_gap_longest_seconds_sum", "endpoint", "/api/chat"))
                .isEqualTo(0.035);
        assertThat(scrape.value("corral_tokens_per_second_sum", "endpoint", "/api/chat"))
                .isEqualTo(55);
    }

    @Test
    void answerBrokenOff_isEstimatedAndUnfinished() {
        usage.finished(Summaries.metered(metering(Source.ESTIMATED, false, -1)));

        Scrape scrape = Scrape.of(registry);
        assertThat(scrape.value("corral_tokens_estimated_total")).isEqualTo(41);
        assertThat(scrape.value("corral_unfinished_total", "endpoint", "/api/chat"))
                .isEqualTo(1);
        // Ten tokens after the first in 100 ms.
        assertThat(scrape.value("corral_tokens_per_second_sum", "endpoint", "/api/chat"))
                .isEqualTo(100);
    }

    @Test
    void modelThatDidNotAnswer_hasNoName() {
        usage.finished(Summaries.metered("k1", "no-such-model", 499, 0, metering(Source.ESTIMATED, false, -1)));

        Scrape scrape = Scrape.of(registry);
        assertThat(scrape.value("corral_tokens_total", "key", "other", "model", "other", "kind", "prompt"))
                .isEqualTo(30);
        assertThat(registry.scrape()).doesNotContain("no-such-model");
    }

    @Test
    void pairsBeyondTheMost_countAsOther_andThoseBeforeStay() {
        for (int i = 0; i <= UsageMetrics.MAX_PAIRS; i++) {
            usage.finished(Summaries.metered("k" + i % 50, "m" + i, 200, 0, metering(Source.REPORTED, true, -1)));
        }
        usage.finished(Summaries.metered("k0", "m0", 200, 0, metering(Source.REPORTED, true, -1)));

        Scrape scrape = Scrape.of(registry);
        assertThat(scrape.value("corral_tokens_total", "key", "other", "model", "other", "kind", "completion"))
                .isEqualTo(11);
        assertThat(scrape.value("corral_tokens_total", "key", "k0", "model", "m0", "kind", "completion"))
                .isEqualTo(22);
    }

    @Test
    void whoDidNotWait_isNotInTheHistogramOfWaiting() {
        usage.finished(Summaries.metered("k1", MODEL, 200, 0, Metering.NONE));
        usage.finished(Summaries.metered("k1", MODEL, 200, 3, Metering.NONE));

        Scrape scrape = Scrape.of(registry);
        assertThat(scrape.value("corral_queue_wait_seconds_count")).isEqualTo(1);
        assertThat(scrape.value("corral_queue_wait_seconds_sum")).isEqualTo(0.07);
        assertThat(registry.scrape()).doesNotContain("key=\"k1\"");
    }

    @Test
    void limitThatNeverRefuses_hasNoSeries() {
        for (LimitKind kind : LimitKind.values()) {
            usage.refused(kind);
        }

        assertThat(registry.scrape())
                .contains("limit=\"requests-per-minute\"} 1")
                .doesNotContain("limit=\"burst\"");
    }

    @Test
    void refusal_isCountedByItsLimit() {
        usage.refused(LimitKind.TOKENS_PER_DAY);

        assertThat(Scrape.of(registry).value("corral_limit_refusals_total", "limit", "tokens-per-day"))
                .isEqualTo(1);
    }
}
