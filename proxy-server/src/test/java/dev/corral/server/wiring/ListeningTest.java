package dev.corral.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.ListenerSettings;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListeningTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1:80,         http://127.0.0.1:80",
        "0.0.0.0,   0.0.0.0:80,           http://127.0.0.1:80",
        "::,        [::]:80,              http://127.0.0.1:80",
        "::1,       [::1]:80,             http://[::1]:80",
        "fe80::1%7, [fe80::1%7]:80,       http://[fe80::1%7]:80",
        "fd00:0:0:1::5, [fd00:0:0:1::5]:80, http://[fd00:0:0:1::5]:80",
    })
    void address_isWrittenAsPeopleAndClientsNeedIt(String literal, String text, String url)
            throws UnknownHostException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getAllByName(literal)[0], 80);
        assertThat(Listening.text(address)).isEqualTo(text);
        assertThat(Listening.url(address, false)).isEqualTo(url);
    }

    @ParameterizedTest
    @CsvSource({
        "::,        0.0.0.0,   0.0.0.0:80",
        "::,        ::,        [::]:80",
        "127.0.0.1, 127.0.0.1, 127.0.0.1:80",
    })
    void allInterfaces_areCalledAsConfigured(String bound, String configured, String text) throws UnknownHostException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getAllByName(bound)[0], 80);
        InetSocketAddress wanted = new InetSocketAddress(InetAddress.getAllByName(configured)[0], 0);
        assertThat(Listening.text(Listening.asConfigured(address, wanted))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "Address already in use,            the address is in use",
        "Permission denied,                 not permitted",
        "Cannot assign requested address,   no such address",
        "something else,                    something else: choose another address",
    })
    void failure_saysWhyAndHowToChooseAnother(String cause, String message) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 80);
        StartException failed =
                Listening.failed(address, "--listen", "listen", new IOException("bind", new BindException(cause)));
        assertThat(failed.reason()).isEqualTo(StartException.Reason.UNAVAILABLE);
        assertThat(failed)
                .hasMessageContaining("cannot listen on 127.0.0.1:80: ")
                .hasMessageContaining(message)
                .hasMessageContaining("--listen HOST:PORT or \"listen\" in the configuration");
    }

    @Test
    void failureOfAFurtherListener_namesItsSetting() {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 80);

        assertThat(Listening.failed(address, null, "listeners", new BindException("Address already in use")))
                .hasMessageContaining("cannot listen on 127.0.0.1:80: ")
                .hasMessageEndingWith("choose another address with \"listeners\" in the configuration");
    }

    @ParameterizedTest
    @CsvSource({
        "PLAIN,    false, http://127.0.0.1:80",
        "PLAIN,    true,  http://127.0.0.1:80  PROXY protocol",
        "TLS,      false, https://127.0.0.1:80",
        "REDIRECT, false, http://127.0.0.1:80  redirects to https",
        "REDIRECT, true,  http://127.0.0.1:80  redirects to https  PROXY protocol",
    })
    void furtherListener_isShownWithWhatIsParticular(ListenerSettings.Kind kind, boolean proxyProtocol, String line) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 80);

        assertThat(Listening.line(address, new ListenerSettings(address, kind, proxyProtocol)))
                .isEqualTo(line);
    }
}
