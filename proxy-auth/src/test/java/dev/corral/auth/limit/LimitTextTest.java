package dev.corral.auth.limit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LimitTextTest {
    @ParameterizedTest
    @CsvSource({"1,1", "500,500", "20k,20000", "2M,2000000", "007,7", "1000000M,1000000000000"})
    void number_isReadWithItsUnit(String text, long expected) {
        assertThat(LimitText.parse(text)).isEqualTo(expected);
        assertThat(LimitText.parse(LimitText.format(expected))).isEqualTo(expected);
    }

    @Test
    void none_isNoLimit() {
        assertThat(LimitText.parse("none")).isEqualTo(LimitSet.UNLIMITED);
        assertThat(LimitText.format(LimitSet.UNLIMITED)).isEqualTo("none");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "0k",
                "-1",
                "+1",
                "1.5M",
                "k",
                "M",
                "20K",
                "2m",
                "2G",
                "2 k",
                " 2",
                "1e3",
                "None",
                "kk",
                "1kM",
                "\u0661",
                "1000000000001",
                "1000001M",
                "99999999999999999999999999",
                "9223372036854775807k"
            })
    void anythingElse_isRefused(String text) {
        assertThat(LimitText.parse(text)).isNull();
    }
}
