package dev.corral.auth.key;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UtcTimeTest {
    @Test
    void whatInstantPrints_isReadBack() {
        Random random = new Random(5);
        long range = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();
        for (int i = 0; i < 20_000; i++) {
            long nanos =
                    i % 3 == 0 ? 0 : i % 3 == 1 ? random.nextInt(1000) * 1_000_000L : random.nextInt(1_000_000_000);
            Instant time = Instant.ofEpochSecond((long) (random.nextDouble() * range), nanos);
            assertThat(UtcTime.parse(time.toString())).isEqualTo(time);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1970-01-01T00:00:00Z",
                "9999-12-31T23:59:59.999999999Z",
                "2028-02-29T00:00:00Z",
                "2026-11-22T10:00:00.5Z"
            })
    void utcTime_isReadAsInstantReadsIt(String text) {
        assertThat(UtcTime.parse(text)).isEqualTo(Instant.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Z",
                "2026-11-22",
                "2026-11-22T10:00Z",
                "2026-11-22T10:00:00",
                "2026-11-22t10:00:00z",
                "2026-11-22 10:00:00Z",
                "2026-11-22T10:00:00+01:00",
                "2026-11-22T10:00:00.Z",
                "2026-11-22T10:00:00.1234567890Z",
                "2026-11-22T10:00:00.12xZ",
                "2026-11-22T10:00:00,5Z",
                "2026-13-01T00:00:00Z",
                "2026-02-29T00:00:00Z",
                "2026-11-22T24:00:00Z",
                "2026-11-22T23:59:60Z",
                "1969-12-31T23:59:59Z",
                "-2026-11-22T10:00:00Z",
                "+12026-11-22T10:00:00Z",
                "\u0662026-11-22T10:00:00Z",
                "2026-11-22T10:00:00ZZ"
            })
    void anythingElse_isNoTime(String text) {
        assertThat(UtcTime.parse(text)).isNull();
    }
}
