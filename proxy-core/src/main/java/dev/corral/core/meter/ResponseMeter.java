package dev.corral.core.meter;

import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.Metering;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Counts what one response carries while it passes, however it is split. Allocates nothing for each piece. What it cannot
 * read it estimates; it never throws for what comes. Confined to one event loop.
 */
public final class ResponseMeter {
    private static final FastThreadLocal<byte[]> WINDOW = new FastThreadLocal<>() {
        @Override
        protected byte[] initialValue() {
            return new byte[8 << 10];
        }
    };

    /** How objects stand in the body. */
    private enum Framing {
        /** One object is all of it. */
        WHOLE,
        /** One on each line. */
        LINES,
        /** One in the data of each server-sent event. */
        EVENTS
    }

    private final Framing framing;
    private final Shape shape;
    private final boolean transcription;
    private final JsonReader reader;
    private final EventLines lines = new EventLines();
    private final Tally tally = new Tally();
    private final @Nullable UsageCut cut;
    private boolean judged;
    // From the first byte of the body.
    private long position;
    private long eventStart;

    private ResponseMeter(Endpoint endpoint, Framing framing, boolean cuts) {
        this.framing = framing;
        this.shape = Shape.of(endpoint, framing == Framing.EVENTS);
        this.transcription = endpoint == Endpoint.TRANSCRIPTIONS;
        this.reader = new JsonReader(shape.paths());
        this.cut = cuts ? new UsageCut() : null;
    }

    /**
     * The reader of an answer of the upstream's with status 2xx.
     *
     * @param endpoint one for inference
     * @param contentType of the response, empty for none; decides whether it is a stream
     * @param cutUsage whether the chunk with the usage was asked for by Corral, so that the client must not see it
     * @throws IllegalArgumentException for an endpoint that asks nothing of a model
     */
    public static ResponseMeter of(Endpoint endpoint, String contentType, boolean cutUsage) {
        Framing framing = framing(endpoint, contentType);
        boolean asked = endpoint == Endpoint.CHAT_COMPLETIONS || endpoint == Endpoint.COMPLETIONS;
        return new ResponseMeter(endpoint, framing, cutUsage && asked && framing == Framing.EVENTS);
    }

    private static Framing framing(Endpoint endpoint, String contentType) {
        int parameters = contentType.indexOf(';');
        String type = (parameters < 0 ? contentType : contentType.substring(0, parameters))
                .strip()
                .toLowerCase(Locale.ROOT);
        return switch (endpoint) {
            case GENERATE, CHAT -> type.equals("application/json") ? Framing.WHOLE : Framing.LINES;
            case CHAT_COMPLETIONS, COMPLETIONS, RESPONSES, MESSAGES ->
                type.equals("text/event-stream") ? Framing.EVENTS : Framing.WHOLE;
            default -> Framing.WHOLE;
        };
    }

    /** Whether what passes is not always what came, so that a declared length means nothing. */
    public boolean cuts() {
        return cut != null;
    }

    /**
     * Looks at a piece of the body.
     *
     * @param nanos the time it came
     * @param piece ownership passes
     * @return what the client gets now, perhaps nothing: {@code piece} itself, or an equal right to parts of it; owned by
     *     the caller
     */
    public ByteBuf pass(ByteBuf piece, long nanos, ByteBufAllocator alloc) {
        UsageCut cutting = cut;
        if (cutting == null) {
            read(piece, nanos);
            return piece;
        }
        cutting.begin(piece, alloc, position);
        read(piece, nanos);
        return cutting.end(eventStart);
    }

    /**
     * The body came to its end; not to be called where it broke off: then an event that is not whole is of no use to a
     * client, and may be the one that it is not to see.
     *
     * @return what was kept back; owned by the caller
     */
    public ByteBuf rest() {
        if (transcription && reader.blank()) {
            // As text, of silence.
            tally.end();
        }
        ByteBuf kept = cut == null ? Unpooled.EMPTY_BUFFER : cut.rest();
        if (kept.isReadable() && judged && Shape.usage(reader)) {
            kept.release();
            return Unpooled.EMPTY_BUFFER;
        }
        return kept;
    }

    /** Gives back what is kept. Idempotent. */
    public void release() {
        if (cut != null) {
            cut.rest().release();
        }
    }

    /**
     * What was seen. Where the upstream did not tell, pieces of content are tokens and the prompt is as estimated.
     *
     * @param startedNanos when the request head came
     * @param sentNanos when the request was sent to the upstream
     * @param endedNanos when the answer ended, whole or not
     * @param promptEstimate tokens
     */
    public Metering result(long startedNanos, long sentNanos, long endedNanos, long promptEstimate) {
        boolean plain = transcription && reader.deaf();
        if (plain) {
            // As text, whatever type it is said to be: it has no end to be seen.
            tally.end();
        }
        long textBytes = framing != Framing.WHOLE ? 0 : plain ? position : reader.contentBytes();
        return tally.result(startedNanos, sentNanos, endedNanos, promptEstimate, textBytes);
    }

    private void read(ByteBuf piece, long nanos) {
        int length = piece.readableBytes();
        int at = piece.readerIndex();
        if (piece.hasArray()) {
            int from = piece.arrayOffset() + at;
            read(piece.array(), from, from + length, position - from, nanos);
        } else {
            // A copy costs less than to look at each byte through the buffer's checks.
            byte[] window = WINDOW.get();
            for (int done = 0; done < length; done += window.length) {
                int size = Math.min(window.length, length - done);
                piece.getBytes(at + done, window, 0, size);
                read(window, 0, size, position + done, nanos);
            }
        }
        position += length;
    }

    /** Reads bytes of which the first one of the array would stand at {@code origin} of the body. */
    private void read(byte[] bytes, int from, int to, long origin, long nanos) {
        int i = from;
        while (i < to) {
            if (framing != Framing.EVENTS) {
                i = object(bytes, i, to, origin, nanos);
                continue;
            }
            EventLines.Found found = lines.next(bytes, i, to);
            i = lines.index();
            switch (found) {
                case DATA -> i = object(bytes, i, to, origin, nanos);
                case MARK -> tally.end();
                case END -> endEvent(origin + i);
                case NOTHING -> {
                    return;
                }
            }
        }
    }

    /** To behind the end of a line of an object. */
    private int object(byte[] bytes, int from, int to, long origin, long nanos) {
        int i = from;
        while (i < to) {
            i = reader.read(bytes, i, to, origin);
            if (!judged && reader.whole()) {
                judged = true;
                if (!tally.ended()) {
                    shape.judge(reader, tally, framing != Framing.WHOLE, nanos);
                }
            }
            if (i < to && bytes[i] == '\n') {
                endLine();
                return i + 1;
            }
        }
        return to;
    }

    private void endLine() {
        if (framing == Framing.LINES) {
            reader.reset();
            judged = false;
        } else {
            reader.lineFeed();
            lines.dataEnded();
        }
    }

    private void endEvent(long end) {
        if (cut != null && judged && end - eventStart <= UsageCut.LONGEST_EVENT) {
            if (Shape.usage(reader)) {
                cut.cut(eventStart, end);
            } else if (reader.usage().start() >= 0) {
                cut.cut(reader.usage().start(), reader.usage().end());
            }
        }
        reader.reset();
        judged = false;
        eventStart = end;
    }
}
