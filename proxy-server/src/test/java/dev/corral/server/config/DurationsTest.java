package dev.corral.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
    @ParameterizedTest
    @CsvSource({
        "250ms, PT0.25S, 250ms",
        "10s, PT10S, 10s",
        "5m, PT5M, 5m",
        "12h, PT12H, 12h",
        "30d, PT720H, 30d",
        "0s, PT0S, 0s",
        "0d, PT0S, 0s",
        "1000ms, PT1S, 1s",
        "90s, PT90S, 90s",
        "120s, PT2M, 2m",
        "24h, PT24H, 1d",
        "999999999d, PT23999999976H, 999999999d",
    })
    void literal_isReadAndWrittenWithTheLargestUnit(String text, Duration duration, String written) {
        assertThat(Durations.parse(text)).isEqualTo(duration);
        assertThat(Durations.format(duration)).isEqualTo(written);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10",
                "s",
                "-5s",
                "+5s",
                "1.5h",
                "2x",
                "10 s",
                " 10s",
                "10s ",
                "10S",
                "1h30m",
                "PT10S",
                "1000000000s",
                "99999999999999999999ms",
                "\u0661s",
                "10s\n"
            })
    void otherText_isNoDuration(String text) {
        assertThat(Durations.parse(text)).isNull();
    }

    @Test
    void everyDurationOfWholeMillis_survivesBeingWritten() {
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            Duration duration = Duration.ofMillis(random.nextInt(1_000_000_000) >> random.nextInt(30));
            assertThat(Durations.parse(Durations.format(duration))).isEqualTo(duration);
        }
    }
}
