package dev.corral.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostCheckTest {
    private final HostCheck check = new HostCheck(List.of("Metrics.Lab"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.0.0.1:11436",
                "10.1.2.3:1",
                "[::1]",
                "[::1]:11436",
                "[2001:db8::1]:80",
                "localhost",
                "LocalHost:11436",
                "metrics.lab",
                "METRICS.LAB:11436"
            })
    void addressesLocalhostAndTheConfiguredName_areAnswered(String host) {
        assertThat(check.allows(List.of(host), true)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "evil.example",
                "evil.example:11436",
                "localhost.evil.example",
                "127.0.0.1.evil.example",
                "evil.metrics.lab",
                "127.0.0.1:x",
                "127.0.0.1:",
                "127.0.0.1:1234567",
                "localhost:80@evil.example",
                "127.1",
                "0x7f000001",
                "2130706433",
                "::1",
                "[::1",
                "[evil.example]",
                "[::1]x",
                "[::1]:",
                "[]"
            })
    void everythingElse_isRefused(String host) {
        assertThat(check.allows(List.of(host), true)).isFalse();
    }

    @Test
    void missingHost_isFineOnlyWhereTheProtocolHasNone() {
        assertThat(check.allows(List.of(), false)).isTrue();
        assertThat(check.allows(List.of(), true)).isFalse();
    }

    @Test
    void twoHosts_areRefused() {
        assertThat(check.allows(List.of("localhost", "localhost"), true)).isFalse();
    }
}
