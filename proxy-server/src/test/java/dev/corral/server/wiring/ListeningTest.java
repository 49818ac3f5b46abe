package dev.corral.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListeningTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1:80,         http://127.0.0.1:80",
        "0.0.0.0,   0.0.0.0:80,           http://127.0.0.1:80",
        "::1,       [0:0:0:0:0:0:0:1]:80, http://[0:0:0:0:0:0:0:1]:80",
    })
    void address_isWrittenAsPeopleAndClientsNeedIt(String literal, String text, String url)
            throws UnknownHostException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getAllByName(literal)[0], 80);
        assertThat(Listening.text(address)).isEqualTo(text);
        assertThat(Listening.url(address, false)).isEqualTo(url);
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
}
