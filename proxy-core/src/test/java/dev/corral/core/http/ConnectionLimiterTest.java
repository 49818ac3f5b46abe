package dev.corral.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.testkit.Observed;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ConnectionLimiterTest {
    private final Observed observed = new Observed();
    private final ConnectionLimiter limiter = new ConnectionLimiter(10, 3, observed);

    @Test
    void oneAddress_cannotTakeAllPlaces() {
        admit("192.0.2.1");
        admit("192.0.2.1");
        admit("192.0.2.1");

        assertThat(admits("192.0.2.1")).isFalse();
        assertThat(admits("192.0.2.2")).isTrue();
        assertThat(limiter.open()).isEqualTo(4);
        assertThat(observed.refusedConnections()).isEqualTo(1);
    }

    @Test
    void closedConnection_makesRoomForItsAddress() {
        EmbeddedChannel first = admit("192.0.2.1");
        admit("192.0.2.1");
        admit("192.0.2.1");
        first.close();

        assertThat(limiter.open()).isEqualTo(2);
        assertThat(admits("192.0.2.1")).isTrue();
        assertThat(admits("192.0.2.1")).isFalse();
    }

    @Test
    void neighboursInOneIpv6Network_countAsOne() {
        admit("2001:db8:0:1::1");
        admit("2001:db8:0:1::2");
        admit("2001:db8:0:1:ffff:ffff:ffff:ffff");

        assertThat(admits("2001:db8:0:1:8000::")).isFalse();
        assertThat(admits("2001:db8:0:2::1")).isTrue();
    }

    @Test
    void mappedIpv4_isTheSameAddress() {
        admit("192.0.2.1");
        admit("::ffff:192.0.2.1");
        admit("192.0.2.1");

        assertThat(admits("::ffff:192.0.2.1")).isFalse();
    }

    @Test
    void connectionWhoseAddressCameLater_countsAsTheOthers() {
        admit("192.0.2.1");
        admit("192.0.2.1");
        EmbeddedChannel late = new EmbeddedChannel();

        assertThat(limiter.enter(late)).isTrue();
        assertThat(limiter.open()).isEqualTo(3);
        assertThat(limiter.claim(late, address("192.0.2.1"))).isTrue();
        assertThat(admits("192.0.2.1")).isFalse();
        late.close();
        assertThat(limiter.open()).isEqualTo(2);
        assertThat(admits("192.0.2.1")).isTrue();
    }

    @Test
    void connectionsWithoutAddressYet_cannotTakeMoreThanAllPlaces() {
        for (int i = 0; i < 10; i++) {
            assertThat(limiter.enter(new EmbeddedChannel())).isTrue();
        }
        assertThat(limiter.enter(new EmbeddedChannel())).isFalse();
        assertThat(admits("192.0.2.1")).isFalse();
        assertThat(limiter.open()).isEqualTo(10);
    }

    @Test
    void allPlacesTaken_nobodyGetsIn() {
        for (int i = 0; i < 10; i++) {
            admit("192.0.2." + i);
        }

        assertThat(admits("198.51.100.1")).isFalse();
        assertThat(limiter.open()).isEqualTo(10);
        assertThat(observed.refusedConnections()).isEqualTo(1);
    }

    @Test
    void refusedConnection_closedByTheCaller_takesNothingAway() {
        for (int i = 0; i < 10; i++) {
            admit("192.0.2." + i);
        }
        EmbeddedChannel refused = new EmbeddedChannel();
        limiter.admit(refused, address("198.51.100.1"));
        refused.close();

        assertThat(limiter.open()).isEqualTo(10);
    }

    @Test
    void anyOrderOfArrivalsAndDepartures_endsAtZero() {
        Random random = new Random(5);
        List<EmbeddedChannel> open = new ArrayList<>();
        for (int step = 0; step < 2_000; step++) {
            if (random.nextInt(3) > 0) {
                EmbeddedChannel channel = new EmbeddedChannel();
                if (limiter.admit(channel, address("192.0.2." + random.nextInt(6)))) {
                    open.add(channel);
                }
            } else if (!open.isEmpty()) {
                open.remove(random.nextInt(open.size())).close();
            }
            assertThat(limiter.open()).isEqualTo(open.size()).isLessThanOrEqualTo(10);
        }
        open.forEach(EmbeddedChannel::close);

        assertThat(limiter.open()).isZero();
        admit("192.0.2.1");
        admit("192.0.2.1");
        admit("192.0.2.1");
    }

    private EmbeddedChannel admit(String address) {
        EmbeddedChannel channel = new EmbeddedChannel();
        assertThat(limiter.admit(channel, address(address))).as(address).isTrue();
        return channel;
    }

    private boolean admits(String address) {
        return limiter.admit(new EmbeddedChannel(), address(address));
    }

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(literal + " (expected: a literal address)", e);
        }
    }
}
