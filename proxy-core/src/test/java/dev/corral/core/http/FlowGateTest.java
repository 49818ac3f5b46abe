package dev.corral.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.http.FlowGate.Reason;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class FlowGateTest {
    private int reads;
    private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelOutboundHandlerAdapter() {
        @Override
        public void read(ChannelHandlerContext ctx) {
            reads++;
            ctx.read();
        }
    });
    private final FlowGate gate = new FlowGate(channel);

    @Test
    void anyOrderOfReasons_readsIfAndOnlyIfNoneIsLeft() {
        Random random = new Random(20_261_122);
        Reason[] all = Reason.values();
        Set<Reason> closed = EnumSet.noneOf(Reason.class);
        for (int step = 0; step < 20_000; step++) {
            Reason reason = all[random.nextInt(all.length)];
            boolean wasOpen = closed.isEmpty();
            int before = reads;
            if (random.nextBoolean()) {
                gate.close(reason);
                closed.add(reason);
            } else {
                gate.open(reason);
                closed.remove(reason);
            }

            assertThat(channel.config().isAutoRead()).as("step %d", step).isEqualTo(closed.isEmpty());
            assertThat(gate.isOpen()).isEqualTo(closed.isEmpty());
            assertThat(reads - before)
                    .as("a read is asked for when the last reason goes, and then only")
                    .isEqualTo(!wasOpen && closed.isEmpty() ? 1 : 0);
        }
    }

    @Test
    void newGate_isOpen() {
        assertThat(gate.isOpen()).isTrue();
        gate.open(Reason.PARK_FULL);
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void twoReasons_openingOneIsNotEnough() {
        gate.close(Reason.PEER_FULL);
        gate.close(Reason.PARK_FULL);
        gate.open(Reason.PEER_FULL);
        gate.open(Reason.PEER_FULL);

        assertThat(channel.config().isAutoRead()).isFalse();
        gate.open(Reason.PARK_FULL);
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void gatesOfTwoChannels_areApart() {
        FlowGate other = new FlowGate(new EmbeddedChannel());
        gate.close(Reason.PEER_ABSENT);

        assertThat(other.isOpen()).isTrue();
    }
}
