package dev.corral.core.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class BodyEditsTest {
    private final ByteBuf body =
            Unpooled.directBuffer().writeBytes(Scans.bytes("xx0123456789")).skipBytes(2);
    private final BodyEdits edits = new BodyEdits();

    @AfterEach
    void nothingKeepsTheBody() {
        assertThat(body.readerIndex()).isEqualTo(2);
        assertThat(body.refCnt()).isOne();
        assertThat(body.release()).isTrue();
    }

    @Test
    void noEdit_givesTheBodyItself() {
        assertThat(edits.isEmpty()).isTrue();
        assertApplied("0123456789");
    }

    @Test
    void editsInAnyOrder_areAppliedByPosition() {
        edits.replace(8, 9, "");
        edits.replace(0, 1, "AB");
        edits.replace(3, 6, "c");

        assertThat(edits.isEmpty()).isFalse();
        assertApplied("AB12c679");
    }

    @Test
    void insertionsAtOnePlace_keepTheirOrder() {
        edits.replace(1, 2, "c");
        edits.replace(1, 1, "a");
        edits.replace(10, 10, "z");
        edits.replace(1, 1, "b");

        assertApplied("0abc23456789z");
    }

    @Test
    void insertionBehindAReplacedPiece_standsBehindIt() {
        edits.replace(0, 5, "a");
        edits.replace(5, 5, "b");
        edits.replace(5, 10, "");

        assertApplied("ab");
    }

    @Test
    void overlap_isAnErrorAndKeepsNothing() {
        edits.replace(2, 5, "a");
        edits.replace(4, 6, "b");

        assertThatThrownBy(() -> edits.apply(body))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("edits overlap at byte 4");
    }

    @Test
    void changedBody_outlivesTheReferenceThatWasBorrowed() {
        edits.replace(0, 1, "a");
        ByteBuf changed = edits.apply(body);

        assertThat(body.refCnt()).isGreaterThan(1);
        body.retain().release();
        assertThat(changed.readableBytes()).isEqualTo(10);
        assertThat(changed.release()).isTrue();
    }

    @Test
    void changedBody_isTakenByAChannelWithoutACopy() {
        edits.replace(0, 1, "a");
        edits.replace(3, 5, "");
        ByteBuf changed = edits.apply(body);

        // AbstractNioByteChannel.filterOutboundMessage, UnixChannelUtil.isBufferCopyNeededForWrite
        assertThat(changed.isDirect()).isTrue();
        changed.release();
    }

    private void assertApplied(String expected) {
        ByteBuf changed = edits.apply(body);

        assertThat(changed.toString(StandardCharsets.US_ASCII)).isEqualTo(expected);
        changed.release();
    }
}
