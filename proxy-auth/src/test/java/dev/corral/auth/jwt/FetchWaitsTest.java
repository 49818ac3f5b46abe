package dev.corral.auth.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class FetchWaitsTest {
    private final FetchWaits waits = new FetchWaits();

    private int entered(String from) throws UnknownHostException {
        int count = 0;
        while (waits.enter(InetAddress.getByName(from))) {
            count++;
        }
        return count;
    }

    @Test
    void oneAddressOrNetwork_hasSixtyFourPlacesOfTwoThousand() throws UnknownHostException {
        assertThat(entered("2001:db8::1")).isEqualTo(64);
        assertThat(entered("2001:db8::2")).isZero();
        for (int i = 1; i < 32; i++) {
            assertThat(entered("192.0.2." + i)).isEqualTo(64);
        }
        assertThat(entered("198.51.100.1")).isZero();

        waits.leave(InetAddress.getByName("2001:db8::1"));
        assertThat(entered("198.51.100.1")).isEqualTo(1);
        waits.leave(InetAddress.getByName("198.51.100.1"));
        assertThat(entered("2001:db8::3")).isEqualTo(1);
    }
}
