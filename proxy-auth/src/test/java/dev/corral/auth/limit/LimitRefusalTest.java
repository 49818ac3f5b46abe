package dev.corral.auth.limit;

import static dev.corral.auth.limit.Book.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.error.ProxyError;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LimitRefusalTest {
    private static final long NOW = Instant.parse("2026-11-23T10:54:59.500Z").toEpochMilli();
    private static final long MIDNIGHT = Instant.parse("2026-11-23T23:00:00Z").toEpochMilli();
    private static final LimitRefusal REFUSALS = new LimitRefusal(ZoneId.of("Europe/Berlin"));

    private static LimitStatus of(LimitKind kind, long limit, long used, long reserved, long resets) {
        return new LimitStatus("key:aaaaaaaa", kind, limit, used, reserved, limit - used - reserved, resets);
    }

    private static ProxyError refusal(LimitStatus status, long asked, long wait) {
        return REFUSALS.of(ALICE, List.of(new Shortage(status, asked, wait)), List.of(status), NOW);
    }

    @Test
    void messages_sayTheLimitWhatIsUsedWhatWasAskedAndWhenToComeBack() {
        assertThat(refusal(of(LimitKind.TOKENS_PER_DAY, 200_000, 199_400, 0, MIDNIGHT), 1012, MIDNIGHT - NOW)
                        .message())
                .isEqualTo("the key \"alice\" may use 200000 tokens a day: 199400 are used, and the request may take"
                        + " 1012; more at 2026-11-24T00:00:00+01:00");
        assertThat(refusal(of(LimitKind.TOKENS_PER_MONTH, 10, 4, 3, MIDNIGHT), 5, 0)
                        .message())
                .isEqualTo("the key \"alice\" may use 10 tokens a month: 4 are used, 3 are set aside for requests"
                        + " under way, and the request may take 5; more when others have ended");
        assertThat(refusal(of(LimitKind.GPU_SECONDS_PER_DAY, 3600, 3600, 0, MIDNIGHT), 2, MIDNIGHT - NOW)
                        .message())
                .startsWith("the key \"alice\" may use 3600 GPU seconds a day: 3600 are used");
        assertThat(refusal(of(LimitKind.TOKENS_PER_MINUTE, 600, 500, 0, NOW + 50_000), 200, 10_000)
                        .message())
                .isEqualTo("the key \"alice\" may use 600 tokens a minute: 100 are left, and the request may take 200;"
                        + " try again in 10 seconds");
        assertThat(refusal(of(LimitKind.REQUESTS_PER_MINUTE, 60, 60, 0, NOW + 60_000), 1, 1)
                        .message())
                .isEqualTo("the key \"alice\" may make 60 requests a minute: the next in 1 second");
        assertThat(refusal(new LimitStatus("key:a", LimitKind.REQUESTS_PER_MINUTE, 60, 10, 0, 0, NOW), 1, 1001)
                        .message())
                .isEqualTo(
                        "the key \"alice\" may make 60 requests a minute, 10 of them at once: the next in 2 seconds");
        assertThat(refusal(of(LimitKind.CONCURRENCY, 1, 1, 0, 0), 1, 0).message())
                .isEqualTo("the key \"alice\" may have 1 request at a time: 1 are under way");
        assertThat(refusal(new LimitStatus("role:student", LimitKind.CONCURRENCY, 2, 2, 0, 0, 0), 1, 0)
                        .message())
                .startsWith("all keys of the role \"student\" together may have 2 requests at a time");
    }

    @Test
    void headers_areThoseOfTheDraftAndOfOpenAi() {
        LimitStatus requests = of(LimitKind.REQUESTS_PER_MINUTE, 60, 1, 0, NOW + 1000);
        LimitStatus minute = of(LimitKind.TOKENS_PER_MINUTE, 20_000, 0, 0, 0);
        LimitStatus day = of(LimitKind.TOKENS_PER_DAY, 200_000, 199_400, 0, MIDNIGHT);
        LimitStatus running = of(LimitKind.CONCURRENCY, 2, 1, 0, 0);
        LimitStatus role =
                new LimitStatus("role:student", LimitKind.TOKENS_PER_DAY, 5_000_000, 300_000, 12, 4_699_988, MIDNIGHT);
        ProxyError error = REFUSALS.of(
                ALICE,
                List.of(new Shortage(day, 1012, MIDNIGHT - NOW)),
                List.of(requests, minute, day, running, role),
                NOW);
        assertThat(error.headers())
                .containsEntry("Retry-After", "43501")
                .containsEntry("x-should-retry", "false")
                .containsEntry(
                        "RateLimit-Policy",
                        "\"requests-per-minute\";q=60;w=60, \"tokens-per-minute\";q=20000;w=60;qu=\"tokens\","
                                + " \"tokens-per-day\";q=200000;w=86400;qu=\"tokens\","
                                + " \"concurrency\";q=2;qu=\"concurrent-requests\","
                                + " \"role-tokens-per-day\";q=5000000;w=86400;qu=\"tokens\"")
                .containsEntry(
                        "RateLimit",
                        "\"requests-per-minute\";r=59;t=1, \"tokens-per-minute\";r=20000,"
                                + " \"tokens-per-day\";r=600;t=43501, \"concurrency\";r=1,"
                                + " \"role-tokens-per-day\";r=4699988;t=43501")
                .containsEntry("x-ratelimit-limit-requests", "60")
                .containsEntry("x-ratelimit-remaining-requests", "59")
                .containsEntry("x-ratelimit-reset-requests", "1s")
                .containsEntry("x-ratelimit-limit-tokens", "200000")
                .containsEntry("x-ratelimit-remaining-tokens", "600")
                .containsEntry("x-ratelimit-reset-tokens", "12h5m1s");
    }

    @ParameterizedTest
    @CsvSource({"1,1s", "1000,1s", "1001,2s", "60000,1m0s", "359001,6m0s", "3600000,1h0m0s"})
    void resets_areWholeSecondsRoundedUpAsGoPrintsThem(long millis, String expected) {
        ProxyError error = refusal(of(LimitKind.TOKENS_PER_MINUTE, 10, 10, 0, NOW + millis), 1, millis);
        assertThat(error.headers())
                .containsEntry("x-ratelimit-reset-tokens", expected)
                .doesNotContainKey("x-ratelimit-limit-requests");
    }
}
