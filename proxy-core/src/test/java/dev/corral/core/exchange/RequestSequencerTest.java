package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RequestSequencerTest {
    private static final int MAX_BYTES = 64 << 10;

    private final RequestSequencer sequencer = new RequestSequencer();

    @Test
    void parkedMessages_comeOutInOrder() {
        HttpRequest first = head();
        HttpContent body = content(3);
        HttpRequest second = head();
        sequencer.park(first);
        sequencer.park(body);
        sequencer.park(LastHttpContent.EMPTY_LAST_CONTENT);
        sequencer.park(second);

        assertThat(sequencer.next()).isSameAs(first);
        assertThat(sequencer.next()).isSameAs(body);
        assertThat(sequencer.next()).isSameAs(LastHttpContent.EMPTY_LAST_CONTENT);
        assertThat(sequencer.next()).isSameAs(second);
        assertThat(sequencer.next()).isNull();
        assertThat(body.refCnt()).isEqualTo(1);
        body.release();
    }

    @Test
    void ninthHead_isRefused() {
        for (int i = 0; i < 8; i++) {
            assertThat(sequencer.isFull()).isFalse();
            assertThat(sequencer.park(head())).isTrue();
        }

        assertThat(sequencer.isFull()).isTrue();
        assertThat(sequencer.park(head())).isFalse();
        sequencer.next();
        assertThat(sequencer.isFull()).isFalse();
        assertThat(sequencer.park(head())).isTrue();
    }

    @Test
    void moreBytesThanMayWait_areReleasedAndRefused() {
        List<HttpContent> taken = new ArrayList<>();
        HttpContent piece = content(4 << 10);
        while (sequencer.park(piece)) {
            taken.add(piece);
            piece = content(4 << 10);
        }

        assertThat(piece.refCnt()).isZero();
        assertThat(taken).hasSize(16).allMatch(one -> one.refCnt() == 1);
        assertThat(sequencer.isFull()).isTrue();
        sequencer.releaseAll();
        assertThat(taken).allMatch(one -> one.refCnt() == 0);
        assertThat(sequencer.isEmpty()).isTrue();
        assertThat(sequencer.isFull()).isFalse();
    }

    @Test
    void halfFull_stopsReadingWhileThereIsRoomForWhatIsDecoded() {
        HttpContent piece = content(MAX_BYTES / 2);
        assertThat(sequencer.park(piece)).isTrue();

        assertThat(sequencer.isFull()).isTrue();
        assertThat(sequencer.park(content(MAX_BYTES / 2))).isTrue();
        sequencer.releaseAll();
    }

    /** Each piece costs a hundred times its one byte, and pins the read buffer that it was cut from. */
    @Test
    void oneByteAtATime_isBoundedInPiecesToo() {
        sequencer.park(head());
        int pieces = 0;
        while (sequencer.park(content(1))) {
            pieces++;
        }
        sequencer.releaseAll();

        assertThat(pieces).isLessThanOrEqualTo(4_096);
    }

    @Test
    void anyOrderOfParkingAndTaking_keepsTheBoundsAndOwnsWhatItHolds() {
        Random random = new Random(3);
        Queue<Object> model = new ArrayDeque<>();
        List<HttpContent> all = new ArrayList<>();
        for (int step = 0; step < 50_000; step++) {
            if (random.nextInt(5) < 3) {
                Object message = random.nextInt(4) == 0 ? head() : content(1 + random.nextInt(6_000));
                boolean taken = sequencer.park(message);
                if (message instanceof HttpContent content) {
                    assertThat(content.refCnt()).as("step %d", step).isEqualTo(taken ? 1 : 0);
                    all.add(content);
                }
                if (taken) {
                    model.add(message);
                } else {
                    assertThat(sequencer.isFull())
                            .as("nothing is refused before reading is stopped")
                            .isTrue();
                }
                assertThat(bytes(model)).isLessThanOrEqualTo(MAX_BYTES);
                assertThat(heads(model)).isLessThanOrEqualTo(8);
            } else {
                Object message = sequencer.next();
                assertThat(message).isSameAs(model.poll());
                ReferenceCountUtil.release(message);
            }
            assertThat(sequencer.isEmpty()).isEqualTo(model.isEmpty());
        }
        sequencer.releaseAll();
        assertThat(all.stream().filter(content -> content.refCnt() != 0)).isEmpty();
    }

    private static long bytes(Queue<Object> messages) {
        return messages.stream()
                .mapToLong(one ->
                        one instanceof HttpContent content ? content.content().readableBytes() : 0)
                .sum();
    }

    private static long heads(Queue<Object> messages) {
        return messages.stream().filter(HttpRequest.class::isInstance).count();
    }

    private static HttpRequest head() {
        return new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
    }

    private static HttpContent content(int bytes) {
        ByteBuf data = Unpooled.wrappedBuffer(new byte[bytes]);
        return new DefaultHttpContent(data);
    }
}
