package dev.corral.core.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressTextTest {
    private static InetAddress address(String text) {
        return Objects.requireNonNull(AddressText.address(text), text);
    }

    /** The examples of RFC 5952 sections 1, 2 and 4, and the edges. */
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1",
        "0.0.0.0, 0.0.0.0",
        "255.255.255.255, 255.255.255.255",
        "0:0:0:0:0:0:0:0, ::",
        "0:0:0:0:0:0:0:1, ::1",
        "1:0:0:0:0:0:0:0, 1::",
        "2001:0db8:0000:0000:0000:0000:0000:0001, 2001:db8::1",
        "2001:db8::0:1, 2001:db8::1",
        "2001:DB8:0:0:8:800:200C:417A, 2001:db8::8:800:200c:417a",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "0:1:2:3:4:5:6:0, 0:1:2:3:4:5:6:0",
        "0:0:2:3:4:5:0:0, ::2:3:4:5:0:0",
        "1:2:3:4:5:6:0:0, 1:2:3:4:5:6::",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "::ffff:192.0.2.1, 192.0.2.1"
    })
    void everyAddress_hasOneText(String written, String shown) {
        assertThat(AddressText.format(address(written))).isEqualTo(shown);
    }

    @Test
    void interface_isNotShown() throws Exception {
        byte[] octets = address("fe80::1").getAddress();

        assertThat(AddressText.format(Inet6Address.getByAddress(null, octets, 7)))
                .isEqualTo("fe80::1");
    }

    @Test
    void text_isReadBackAsTheSameAddress() throws Exception {
        Random random = new Random(5952);
        for (int i = 0; i < 20_000; i++) {
            byte[] octets = new byte[i % 4 == 0 ? 4 : 16];
            for (int at = 0; at < octets.length; at++) {
                octets[at] = (byte) (random.nextInt(3) == 0 ? random.nextInt(256) : 0);
            }
            InetAddress address = InetAddress.getByAddress(octets);
            String text = AddressText.format(address);
            assertThat(AddressText.address(text)).as(text).isEqualTo(address);
            assertThat(text).hasSizeLessThanOrEqualTo(39).doesNotContain(":::").isLowerCase();
        }
    }

    @Test
    void ranges_areShortToo() {
        assertThat(Cidr.parse("2001:0db8:0:0::/32")).hasToString("2001:db8::/32");
    }
}
