package dev.corral.core.admit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The bodies of one key's waiting requests leave room for those of others. */
final class WaitingBodiesTest {
    private static final int MIB = 1 << 20;

    private final WaitingBodies bodies = new WaitingBodies(2 * MIB);

    @Test
    void beyondItsShare_oneKeyIsRefused_othersAreNot() {
        assertThat(bodies.take("a", MIB)).isEqualTo(MIB);
        assertThat(bodies.take("a", MIB)).isEqualTo(MIB);
        assertThat(bodies.take("a", WaitingBodies.SMALL)).isEqualTo(-1);
        assertThat(bodies.take("a", WaitingBodies.SMALL - 1)).as("small").isZero();
        assertThat(bodies.take("b", 2 * MIB)).isEqualTo(2 * MIB);
    }

    @Test
    void oneBody_isLetInHoweverLarge_andItsRoomComesBack() {
        for (int i = 0; i < 3; i++) {
            assertThat(bodies.take("a", 5 * MIB)).isEqualTo(5 * MIB);
            assertThat(bodies.take("a", MIB)).isEqualTo(-1);
            bodies.giveBack("a", 0);
            assertThat(bodies.take("a", MIB)).isEqualTo(-1);
            bodies.giveBack("a", 5 * MIB);
        }
    }
}
