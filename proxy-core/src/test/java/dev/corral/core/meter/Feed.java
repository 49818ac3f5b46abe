package dev.corral.core.meter;

import dev.corral.core.spi.Metering;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;

/** Hands bytes to a meter in pieces, as a channel would, and gathers what comes out. */
final class Feed {
    private static final ByteBufAllocator ALLOCATOR = PooledByteBufAllocator.DEFAULT;

    private final ResponseMeter meter;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private long now;

    Feed(ResponseMeter meter) {
        this.meter = meter;
    }

    /** All of it, cut at these places, alternately on and off the heap. */
    static Feed pieces(ResponseMeter meter, byte[] bytes, int... cuts) {
        Feed feed = new Feed(meter);
        int from = 0;
        for (int cut : cuts) {
            feed.pass(Arrays.copyOfRange(bytes, from, cut), from % 2 == 0);
            from = cut;
        }
        feed.pass(Arrays.copyOfRange(bytes, from, bytes.length), true);
        return feed;
    }

    static int[] randomCuts(Random random, int length, int most) {
        return random.ints(random.nextInt(most + 1), 0, length + 1).sorted().toArray();
    }

    /** One piece, a second after the one before. */
    void pass(byte[] bytes, boolean direct) {
        // Something stands before and behind it, as in a buffer that a piece was cut out of.
        ByteBuf piece = direct ? ALLOCATOR.directBuffer(bytes.length + 2) : ALLOCATOR.heapBuffer(bytes.length + 2);
        piece.writeByte('{').writeBytes(bytes).writeByte('}');
        ByteBuf slice = piece.readRetainedSlice(bytes.length + 1).skipBytes(1);
        piece.release();
        take(meter.pass(slice, now, ALLOCATOR));
        now += 1_000_000_000L;
    }

    /** What the client has so far. */
    byte[] passed() {
        return out.toByteArray();
    }

    /** The body ended: everything that the client got. */
    byte[] end() {
        take(meter.rest());
        meter.release();
        return passed();
    }

    Metering result() {
        return meter.result(0, 0, now, Recorded.PROMPT_ESTIMATE);
    }

    private void take(ByteBuf piece) {
        try {
            byte[] bytes = new byte[piece.readableBytes()];
            piece.readBytes(bytes);
            out.writeBytes(bytes);
        } finally {
            piece.release();
        }
    }
}
