package dev.corral.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizesTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0, 0",
        "512, 512, 512",
        "1024, 1024, 1KiB",
        "8KiB, 8192, 8KiB",
        "32MiB, 33554432, 32MiB",
        "1GiB, 1073741824, 1GiB",
        "1536KiB, 1572864, 1536KiB",
        "999999999GiB, 1073741822926258176, 999999999GiB",
    })
    void literal_isReadAndWrittenWithTheLargestUnit(String text, long bytes, String written) {
        assertThat(Sizes.parse(text)).hasValue(bytes);
        assertThat(Sizes.format(bytes)).isEqualTo(written);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "8KB",
                "8kib",
                "8K",
                "8 KiB",
                "-1",
                "+1",
                "1.5MiB",
                "KiB",
                "1_000",
                "0x10",
                "1000000000",
                "\u0661"
            })
    void otherText_isNoSize(String text) {
        assertThat(Sizes.parse(text)).isEmpty();
    }

    @Test
    void everySize_survivesBeingWritten() {
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            long bytes = (long) random.nextInt(1000) << random.nextInt(31);
            assertThat(Sizes.parse(Sizes.format(bytes))).hasValue(bytes);
        }
    }
}
