package dev.corral.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.spi.AddressText;
import dev.corral.core.spi.Cidr;
import dev.corral.core.spi.CidrSet;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientAddressesTest {
    private static final CidrSet PROXIES =
            new CidrSet(List.of(cidr("10.0.0.0/8"), cidr("2001:db8:aaaa::/48"), cidr("127.0.0.1")));

    private final ClientAddresses addresses = new ClientAddresses(PROXIES);

    private static Cidr cidr(String text) {
        return Objects.requireNonNull(Cidr.parse(text));
    }

    private static InetAddress ip(String text) {
        return Objects.requireNonNull(AddressText.address(text), text);
    }

    private @Nullable String of(String peer, String... fields) {
        InetAddress client = addresses.of(ip(peer), List.of(fields));
        return client == null ? null : client.getHostAddress();
    }

    @Test
    void strangersWord_isNotBelieved() {
        assertThat(of("203.0.113.9", "192.0.2.1")).isEqualTo("203.0.113.9");
        assertThat(of("203.0.113.9", "garbage")).isEqualTo("203.0.113.9");
        assertThat(new ClientAddresses(CidrSet.NONE).of(ip("127.0.0.1"), List.of("192.0.2.1")))
                .isEqualTo(ip("127.0.0.1"));
    }

    @Test
    void leftmostAddress_whichTheClientWroteItself_isNotBelieved() {
        assertThat(of("10.0.0.1", "127.0.0.1, 203.0.113.9")).isEqualTo("203.0.113.9");
        assertThat(of("10.0.0.1", "<script>, 203.0.113.9")).isEqualTo("203.0.113.9");
        assertThat(of("10.0.0.1", "10.0.0.7, 203.0.113.9, 10.0.0.2")).isEqualTo("203.0.113.9");
    }

    @Test
    void severalFields_areOneList() {
        assertThat(of("10.0.0.1", "198.51.100.1", "203.0.113.9, 10.0.0.2", "10.0.0.3"))
                .isEqualTo("203.0.113.9");
        assertThat(of("10.0.0.1", "198.51.100.1", "", " , ,", "10.0.0.3")).isEqualTo("198.51.100.1");
    }

    @Test
    void onlyTrustedAddresses_theFarthestCounts() {
        assertThat(of("10.0.0.1", "10.9.9.9, 10.0.0.2")).isEqualTo("10.9.9.9");
    }

    @Test
    void nothingSaid_isTheProxyItself() {
        assertThat(of("10.0.0.1")).isEqualTo("10.0.0.1");
        assertThat(of("10.0.0.1", "")).isEqualTo("10.0.0.1");
    }

    @ParameterizedTest
    @CsvSource({
        "203.0.113.9, 203.0.113.9",
        "203.0.113.9:1234, 203.0.113.9",
        "2001:db8::1, 2001:db8:0:0:0:0:0:1",
        "[2001:db8::1], 2001:db8:0:0:0:0:0:1",
        "[2001:db8::1]:443, 2001:db8:0:0:0:0:0:1",
        "::ffff:203.0.113.9, 203.0.113.9",
    })
    void waysToWriteAnAddress(String entry, String expected) {
        assertThat(of("10.0.0.1", entry)).isEqualTo(expected);
        assertThat(of("2001:db8:aaaa::1", "1.1.1.1,\t" + entry + " ")).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "unknown",
                "_hidden",
                "localhost",
                "203.0.113",
                "203.0.113.9.1",
                "203.0.113.009",
                "0xcb007109",
                "203.0.113.9:",
                "203.0.113.9:x",
                "203.0.113.9:65536",
                "203.0.113.9:123456",
                "[203.0.113.9]",
                "[2001:db8::1",
                "2001:db8::1]",
                "[2001:db8::1]443",
                "[2001:db8::1]:",
                "[]",
                "[",
                "]",
                ":",
                ":80",
                "fe80::1%eth0",
                "2001:db8:::1",
                "203.0.113.9 198.51.100.1",
                "203.0.113.9;198.51.100.1",
                "\"203.0.113.9\"",
                "for=203.0.113.9",
                "203.0.113.9/32",
                "\u0660.0.0.1"
            })
    void whatIsNoAddress_leavesNobody(String entry) {
        assertThat(of("10.0.0.1", entry)).isNull();
        assertThat(of("10.0.0.1", "203.0.113.9, " + entry + ", 10.0.0.2")).isNull();
    }

    @Test
    void endlessListOfProxies_isNotFollowed() {
        assertThat(of("10.0.0.1", String.join(",", Collections.nCopies(32, "10.0.0.2"))))
                .isEqualTo("10.0.0.2");
        assertThat(of("10.0.0.1", String.join(",", Collections.nCopies(33, "10.0.0.2"))))
                .isNull();
        String[] fields = new String[40];
        Arrays.fill(fields, "10.0.0.2");
        assertThat(of("10.0.0.1", fields)).isNull();
    }

    @Test
    void nothingThatAFieldCanHold_throws() {
        Random random = new Random(7);
        String alphabet = "0123456789abcf.:,[] \t%x";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(30); n > 0; n--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            InetAddress client = addresses.of(ip("10.0.0.1"), List.of(text.toString()));
            assertThat(client == null || client.getAddress().length >= 4)
                    .as(text.toString())
                    .isTrue();
        }
    }
}
