package dev.corral.server.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RemoteUrlTest {
    @ParameterizedTest
    @CsvSource({
        "https://gpu.lab,              true,  gpu.lab,   443,   gpu.lab,         ''",
        "HTTPS://GPU.lab/,             true,  GPU.lab,   443,   GPU.lab,         ''",
        "http://gpu.lab,               false, gpu.lab,   80,    gpu.lab,         ''",
        "https://gpu.lab:443,          true,  gpu.lab,   443,   gpu.lab,         ''",
        "https://gpu.lab:11435,        true,  gpu.lab,   11435, gpu.lab:11435,   ''",
        "http://127.0.0.1:80/,         false, 127.0.0.1, 80,    127.0.0.1,       ''",
        "https://[fd00::1]:8443,       true,  fd00::1,   8443,  [fd00::1]:8443,  ''",
        "https://gpu.lab/t/crl_a_b,    true,  gpu.lab,   443,   gpu.lab,         /t/crl_a_b",
        "https://gpu.lab/t/crl_a_b//,  true,  gpu.lab,   443,   gpu.lab,         /t/crl_a_b",
        "https://gpu.lab/ai,           true,  gpu.lab,   443,   gpu.lab,         /ai",
    })
    void url_isReadAsProgramsReadIt(String text, boolean tls, String host, int port, String authority, String prefix)
            throws ConnectException {
        RemoteUrl url = RemoteUrl.parse(text);
        assertThat(url).isEqualTo(new RemoteUrl(tls, host, port, prefix));
        assertThat(url.authority()).isEqualTo(authority);
    }

    @ParameterizedTest
    @CsvSource({
        "gpu.lab,                      no https:// or http://",
        "gpu.lab:11435,                no https:// or http://",
        "ftp://gpu.lab,                no https:// or http://",
        "https://,                     URL",
        "https:///x,                   names no host",
        "https://gpu.lab:0,            names no host",
        "https://gpu.lab:70000,        names no host",
        "https://me:crl_secret@gpu.lab, --key-file",
        "https://gpu.lab/?key=crl_secret, --key-file",
        "https://gpu.lab/#x,           --key-file",
        "https://gpu.lab/v1,           without it",
        "https://gpu.lab/t/crl_secret/v1/, without it",
        "https://gpu.lab/api,          without it",
        "https://gpu.lab/a/../crl_secret, path",
        "https://gpu.lab//crl_secret,  path",
        "https://gpu.lab/%2e/crl_secret, path",
        "https://gpu lab/crl_secret,   URL",
    })
    void otherText_isRefusedWithoutTellingASecret(String text, String message) {
        assertThatThrownBy(() -> RemoteUrl.parse(text))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining(message)
                .hasMessageContaining("expected: ")
                .hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @CsvSource({
        "http://gpu.lab,         true",
        "https://gpu.lab,        false",
        "http://127.0.0.1:11435, false",
        "http://localhost:1,     false",
        "http://[::1]:1,         false",
        "http://10.0.0.1,        true"
    })
    void onlyPlainHttpBeyondThisMachine_canBeReadOnTheWay(String text, boolean readable) throws ConnectException {
        assertThat(RemoteUrl.parse(text).readableOnTheWay()).isEqualTo(readable);
    }

    @Test
    void keyInThePath_isNotShown() throws ConnectException {
        assertThat(RemoteUrl.parse("https://gpu.lab:8443/t/crl_secret"))
                .hasToString("https://gpu.lab:8443")
                .extracting(RemoteUrl::shown)
                .isEqualTo("https://gpu.lab:8443");
    }
}
