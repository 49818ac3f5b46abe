package dev.corral.core.http2;

import dev.corral.core.spi.NanoClock;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.util.concurrent.TimeUnit;

/**
 * What frames of a client that carry nothing of a request may cost: a bucket of points for each connection that fills
 * with time. It looks at the raw bytes, in front of Netty's reader, so that it sees every frame: those that continue a
 * head, and those of streams that are no more. Confined to the connection's event loop.
 */
final class FloodMeter {
    /** As many as one connection may have saved up. */
    static final int FULL = 1_000;

    private static final long NANOS_PER_POINT = TimeUnit.SECONDS.toNanos(1) / 100;
    private static final int FRAME_HEAD = 9;
    private static final int PREFACE = 24;
    private static final int END_STREAM = 1;

    // 200 at once and 20 a second: each may have had us begin something that is then thrown away (CVE-2023-44487).
    private static final int RESET = 5;
    private static final int CONTINUATION = 5;
    private static final int EMPTY_DATA = 10;
    // Each has to be answered.
    private static final int SETTINGS = 10;
    private static final int PING = 5;
    private static final int UNKNOWN = 5;
    private static final int CHEAP = 1;
    // Up to 16 KiB each, and answered with a reset.
    private static final int LATE = 10;

    // A window of body in small pieces, and trailers.
    private static final int ON_THEIR_WAY = 16;

    private final NanoClock clock;
    private long filledAt;
    private int points = FULL;
    private int onTheirWay = ON_THEIR_WAY;
    private int bodies;
    private int skip = PREFACE;
    private int inHead;
    private int length;
    private int type;
    private int flags;

    FloodMeter(NanoClock clock) {
        this.clock = clock;
        this.filledAt = clock.nanos();
    }

    /** Reads on in what the client sends, from the reader index, without moving it; false once it is too much. */
    boolean read(ByteBuf bytes) {
        fill();
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        while (at < end) {
            if (skip > 0) {
                int step = Math.min(skip, end - at);
                skip -= step;
                at += step;
            } else {
                head(bytes.getUnsignedByte(at++));
            }
        }
        return points >= 0;
    }

    private void head(int octet) {
        switch (inHead++) {
            case 0, 1, 2 -> length = length << 8 | octet;
            case 3 -> type = octet;
            case 4 -> {
                flags = octet;
                points -= cost();
            }
            case FRAME_HEAD - 1 -> {
                skip = length;
                inHead = 0;
                length = 0;
            }
            default -> {}
        }
    }

    private int cost() {
        return switch (type) {
            case Http2FrameTypes.HEADERS -> headers();
            case Http2FrameTypes.DATA -> data();
            case Http2FrameTypes.RST_STREAM -> RESET;
            case Http2FrameTypes.CONTINUATION -> CONTINUATION;
            case Http2FrameTypes.SETTINGS -> SETTINGS;
            case Http2FrameTypes.PING -> PING;
            case Http2FrameTypes.PRIORITY, Http2FrameTypes.WINDOW_UPDATE -> CHEAP;
            default -> UNKNOWN;
        };
    }

    private int headers() {
        if ((flags & END_STREAM) == 0) {
            bodies = Math.min(FULL, bodies + 1);
        }
        return 0;
    }

    /** The end of a body may well be empty, but a body has one end only. */
    private int data() {
        boolean end = (flags & END_STREAM) != 0 && bodies > 0;
        if (end) {
            bodies--;
        }
        return end || length > 0 ? 0 : EMPTY_DATA;
    }

    private void fill() {
        long gained = (clock.nanos() - filledAt) / NANOS_PER_POINT;
        if (gained > 0) {
            points = (int) Math.min(FULL, points + gained);
            filledAt += gained * NANOS_PER_POINT;
        }
    }

    /** A piece of a response goes out: the client may tell that it took it, for the stream and for the connection. */
    void sentData() {
        points = Math.min(FULL, points + 2 * CHEAP);
    }

    /**
     * The client made us reset a stream, which costs as much as when it does so itself (CVE-2025-8671).
     *
     * @param begun whether anything was begun for it; a client that does not know our settings yet may open too many
     */
    boolean provokedReset(boolean begun) {
        points -= begun ? RESET : CHEAP;
        return points >= 0;
    }

    /** A stream was reset that the client had not ended: what it sent before it knew is no fault of its own. */
    void cutOff() {
        onTheirWay = Math.min(FULL, onTheirWay + ON_THEIR_WAY);
    }

    /** A frame came for a stream that is no more, and is answered with a reset. */
    boolean late() {
        if (onTheirWay > 0) {
            onTheirWay--;
        } else {
            points -= LATE;
        }
        return points >= 0;
    }
}
