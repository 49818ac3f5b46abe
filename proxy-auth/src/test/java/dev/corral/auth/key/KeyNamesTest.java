package dev.corral.auth.key;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyNamesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"a", "alice", "CI (nightly) #2", "a.b@c-d_e/f", "J\u00FCrgen", "\u6771\u4EAC", "\uD83D\uDE00"})
    void printableName_isValid(String name) {
        assertThat(KeyNames.valid(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                " a",
                "a ",
                "a\nb",
                "a\tb",
                "\u001B[31m",
                "a\u0000",
                "\u007F",
                "\u0085",
                "a\u00A0b",
                "a\u200Bb",
                "a\u202Eb",
                "\u2028",
                "\uFEFFa",
                "\uE000",
                "\uD83D",
                "e\u0301"
            })
    void unprintableName_isInvalid(String name) {
        assertThat(KeyNames.valid(name)).isFalse();
    }

    @Test
    void length_isBoundedInCharactersNotUnits() {
        assertThat(KeyNames.valid("\uD83D\uDE00".repeat(64))).isTrue();
        assertThat(KeyNames.valid("a".repeat(65))).isFalse();
    }

    @Test
    void shown_isOneBoundedLineAndNoSecret() {
        assertThat(KeyNames.shown("a\nb\u202Ec")).isEqualTo("\"a?b?c\"");
        assertThat(KeyNames.shown("a".repeat(1000))).hasSize(69).endsWith("...\"");
        String secret = new KeyMint().secret("aB3dE6gH").text();
        assertThat(KeyNames.shown(secret)).isEqualTo("\"crl_aB3dE6gH...\"");
    }
}
