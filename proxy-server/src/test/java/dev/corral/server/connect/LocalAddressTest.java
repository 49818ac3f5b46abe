package dev.corral.server.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LocalAddressTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:11500,  127.0.0.1:11500",
        "127.0.0.1,        127.0.0.1:11434",
        "127.8.8.8:1,      127.8.8.8:1",
        "localhost:0,      127.0.0.1:0",
        "[::1]:11434,      [::1]:11434",
    })
    void loopback_isListenedOn(String text, String address) throws ConnectException {
        assertThat(LocalAddress.parse(text).text()).isEqualTo(address);
        assertThat(LocalAddress.parse(text).socketAddress().getAddress().isLoopbackAddress())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0:11434",
                "[::]:11434",
                "192.168.1.5:11434",
                "gpu.lab:11434",
                ":11434",
                "127.0.0.1:70000",
                "127.0.0.1:x",
                "127.0.0.1.nip.io:1",
                "1270.0.1:1",
                "[::ffff:10.0.0.1]:1",
                ""
            })
    void whereOthersCouldConnect_isRefused(String text) {
        assertThatThrownBy(() -> LocalAddress.parse(text))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("--listen: \"" + text + "\" (expected: an address of this machine alone");
    }
}
