package dev.corral.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DidYouMeanTest {
    @ParameterizedTest
    @CsvSource({"a,a,0", "ab,ba,1", "abc,abd,1", "abc,ab,1", "ab,abc,1", "kitten,sitting,3", "'',abc,3"})
    void distance_countsTypingErrors(String a, String b, int distance) {
        assertThat(DidYouMean.distance(a, b)).isEqualTo(distance);
    }

    @ParameterizedTest
    @CsvSource({
        "keepalive,keep-alive",
        "keep_alive,keep-alive",
        "keepAlive,keep-alive",
        "kepe-alive,keep-alive",
        "keep-aliv,keep-alive",
        "Drain,drain",
        "conect,connect"
    })
    void typingErrorOrOtherSpelling_findsTheWord(String typed, String meant) {
        assertThat(DidYouMean.nearest(typed, Settings.keysOf("timeouts"))).isEqualTo(meant);
    }

    @Test
    void wordNearToNone_findsNothing() {
        assertThat(DidYouMean.nearest("password", Settings.keysOf("timeouts"))).isNull();
        assertThat(DidYouMean.nearest("k".repeat(1_000_000), List.of("k".repeat(40))))
                .isNull();
    }
}
