package dev.corral.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.testkit.Observed;
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

        assertThat(limiter.admit(AddressedChannel.from("192.0.2.1"))).isFalse();
        assertThat(limiter.admit(AddressedChannel.from("192.0.2.2"))).isTrue();
        assertThat(limiter.open()).isEqualTo(4);
        assertThat(observed.refusedConnections()).isEqualTo(1);
    }

    @Test
    void closedConnection_makesRoomForItsAddress() {
        AddressedChannel first = admit("192.0.2.1");
        admit("192.0.2.1");
        admit("192.0.2.1");
        first.close();

        assertThat(limiter.open()).isEqualTo(2);
        assertThat(limiter.admit(AddressedChannel.from("192.0.2.1"))).isTrue();
        assertThat(limiter.admit(AddressedChannel.from("192.0.2.1"))).isFalse();
    }

    @Test
    void neighboursInOneIpv6Network_countAsOne() {
        admit("2001:db8:0:1::1");
        admit("2001:db8:0:1::2");
        admit("2001:db8:0:1:ffff:ffff:ffff:ffff");

        assertThat(limiter.admit(AddressedChannel.from("2001:db8:0:1:8000::"))).isFalse();
        assertThat(limiter.admit(AddressedChannel.from("2001:db8:0:2::1"))).isTrue();
    }

    @Test
    void mappedIpv4_isTheSameAddress() {
        admit("192.0.2.1");
        admit("::ffff:192.0.2.1");
        admit("192.0.2.1");

        assertThat(limiter.admit(AddressedChannel.from("::ffff:192.0.2.1"))).isFalse();
    }

    @Test
    void allPlacesTaken_nobodyGetsIn() {
        for (int i = 0; i < 10; i++) {
            admit("192.0.2." + i);
        }

        assertThat(limiter.admit(AddressedChannel.from("198.51.100.1"))).isFalse();
        assertThat(limiter.open()).isEqualTo(10);
        assertThat(observed.refusedConnections()).isEqualTo(1);
    }

    @Test
    void refusedConnection_closedByTheCaller_takesNothingAway() {
        for (int i = 0; i < 10; i++) {
            admit("192.0.2." + i);
        }
        AddressedChannel refused = AddressedChannel.from("198.51.100.1");
        limiter.admit(refused);
        refused.close();

        assertThat(limiter.open()).isEqualTo(10);
    }

    @Test
    void anyOrderOfArrivalsAndDepartures_endsAtZero() {
        Random random = new Random(5);
        List<AddressedChannel> open = new ArrayList<>();
        for (int step = 0; step < 2_000; step++) {
            if (random.nextInt(3) > 0) {
                AddressedChannel channel = AddressedChannel.from("192.0.2." + random.nextInt(6));
                if (limiter.admit(channel)) {
                    open.add(channel);
                }
            } else if (!open.isEmpty()) {
                open.remove(random.nextInt(open.size())).close();
            }
            assertThat(limiter.open()).isEqualTo(open.size()).isLessThanOrEqualTo(10);
        }
        open.forEach(AddressedChannel::close);

        assertThat(limiter.open()).isZero();
        admit("192.0.2.1");
        admit("192.0.2.1");
        admit("192.0.2.1");
    }

    private AddressedChannel admit(String address) {
        AddressedChannel channel = AddressedChannel.from(address);
        assertThat(limiter.admit(channel)).as(address).isTrue();
        return channel;
    }
}
