package dev.corral.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.spi.AddressText;
import dev.corral.core.spi.Cidr;
import dev.corral.core.spi.CidrSet;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CidrTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "10.0.0.0/9, 10.127.0.1, true",
        "10.0.0.0/9, 10.128.0.1, false",
        "192.168.1.7, 192.168.1.7, true",
        "192.168.1.7, 192.168.1.8, false",
        "0.0.0.0/0, 203.0.113.9, true",
        "0.0.0.0/0, ::1, false",
        "2001:db8::/33, 2001:db8:7fff::1, true",
        "2001:db8::/33, 2001:db8:8000::1, false",
        "::/0, 10.0.0.1, false",
        "10.0.0.0/8, ::ffff:10.1.2.3, true"
    })
    void range_hasItsAddressesAndNoOthers(String range, String address, boolean inside) {
        InetAddress asked = Objects.requireNonNull(AddressText.address(address));

        assertThat(Objects.requireNonNull(Cidr.parse(range)).contains(asked)).isEqualTo(inside);
        assertThat(new CidrSet(List.of(Objects.requireNonNull(Cidr.parse(range)))).contains(asked))
                .isEqualTo(inside);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/8",
                "10.0.0.0/",
                "10.0.0.0/33",
                "10.0.0.1/8",
                "10.0.0.0/08",
                "10.0.0.0/-1",
                "10.0.0/8",
                "010.0.0.0/8",
                "10.0.0.0/8/8",
                "localhost",
                "example.org/8",
                "::1/129",
                "2001:db8::1/32",
                "1.2.3.4.5",
                "1.2.3.256",
                "fe80::1%eth0",
                " 10.0.0.0/8",
                "10.0.0.0/8 ",
                "1.2.3.",
                "[::1]"
            })
    void anythingElse_isRefused(String text) {
        assertThat(Cidr.parse(text)).isNull();
    }

    @Test
    void text_isWhatWasRead() {
        assertThat(List.of("10.0.0.0/8", "192.168.1.7"))
                .allSatisfy(text -> assertThat(Cidr.parse(text)).hasToString(text));
        assertThat(Cidr.parse("2001:db8::/32")).isEqualTo(Cidr.parse("2001:0db8:0::/32"));
    }

    @Test
    void noRanges_haveNoAddress() {
        assertThat(CidrSet.NONE.contains(InetAddress.getLoopbackAddress())).isFalse();
    }
}
