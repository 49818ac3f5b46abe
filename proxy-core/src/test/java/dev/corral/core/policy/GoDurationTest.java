package dev.corral.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The tables are what Go 1.26's {@code time.ParseDuration} answered. */
final class GoDurationTest {
    private static final Map<String, Long> ACCEPTED = Map.ofEntries(
            Map.entry("0", 0L),
            Map.entry("+0", 0L),
            Map.entry("-0", 0L),
            Map.entry("0s", 0L),
            Map.entry("5m", 300000000000L),
            Map.entry("1h30m", 5400000000000L),
            Map.entry("+5s", 5000000000L),
            Map.entry("-5s", -5000000000L),
            Map.entry("1.5h", 5400000000000L),
            Map.entry(".5s", 500000000L),
            Map.entry("5.s", 5000000000L),
            Map.entry("1h1h", 7200000000000L),
            Map.entry("100ms", 100000000L),
            Map.entry("1us", 1000L),
            Map.entry("1\u00b5s", 1000L),
            Map.entry("1\u03bcs", 1000L),
            Map.entry("1ns", 1L),
            Map.entry("0.5ns", 0L),
            Map.entry("0.9999999999ns", 0L),
            Map.entry("2562047h47m16.854775807s", 9223372036854775807L),
            Map.entry("-2562047h47m16.854775808s", -9223372036854775808L),
            Map.entry("9223372036854775807ns", 9223372036854775807L),
            Map.entry("-9223372036854775808ns", -9223372036854775808L),
            Map.entry("0.100000000000000000000h", 360000000000L),
            Map.entry("0.9223372036854775807h", 3320413933267L),
            Map.entry("0.9223372036854775808h", 3320413933267L),
            Map.entry("0.99999999999999999999999h", 3600000000000L),
            Map.entry("1.0000000000000000000000001s", 1000000000L),
            Map.entry("1s.5m", 31000000000L),
            Map.entry("1ms1us1ns", 1001001L),
            Map.entry("0.0000000001s", 0L),
            Map.entry("9223372036854775808ns9223372036854775808ns", 0L));

    private static final List<String> REFUSED = List.of(
            "",
            "00",
            "-1",
            "1",
            ".s",
            "-.s",
            "1e3s",
            "1 s",
            " 1s",
            "1s ",
            "1S",
            "1M",
            "1d",
            "1w",
            "2562047h47m16.854775808s",
            "-2562047h47m16.854775809s",
            "9223372036854775808ns",
            "9223372036854775809ns",
            "99999999999999999999ns",
            "3000000h",
            "--1s",
            "+-1s",
            "-",
            "+",
            ".",
            "s",
            "5",
            "5.5",
            "1s2",
            "1m-5s",
            "1..5s",
            "\u0661s",
            "0x1s",
            "1_000s",
            "5min",
            "5sec",
            "infs",
            "NaNs",
            "1h ",
            "\t1s",
            "1\u00b5",
            "1msus");

    @Test
    void whatGoReads_comesToTheSameNanoseconds() {
        ACCEPTED.forEach(
                (text, nanos) -> assertThat(GoDuration.parse(text)).as(text).hasValue(nanos));
    }

    @Test
    void whatGoRefuses_isRefused() {
        assertThat(REFUSED)
                .allSatisfy(text -> assertThat(GoDuration.parse(text)).as(text).isEmpty());
    }

    @Test
    void oneLongString_isReadInOneGo() {
        assertThat(GoDuration.parse("1ns".repeat(100_000))).hasValue(100_000);
    }
}
