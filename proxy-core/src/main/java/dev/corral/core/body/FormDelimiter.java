package dev.corral.core.body;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Looks for the line that ends a part of a form, in a stream that comes in pieces: CR LF, two hyphens, the boundary. As
 * no boundary has a CR in it, an attempt that fails can be forgotten: no byte is compared twice, whatever the form
 * says. Eight bytes are looked at in one step. Confined to one thread.
 */
final class FormDelimiter {
    private static final byte CR = '\r';
    private static final byte LF = '\n';
    private static final long ALL_CR = 0x0D0D_0D0D_0D0D_0D0DL;
    private static final long LOW_BITS = 0x7F7F_7F7F_7F7F_7F7FL;

    private final byte[] delimiter;
    private int matched;

    FormDelimiter(String boundary) {
        delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.US_ASCII);
    }

    int length() {
        return delimiter.length;
    }

    /** What comes now stands at the beginning of a line, or not. */
    void reset(boolean lineStart) {
        matched = lineStart ? 2 : 0;
    }

    /** Takes one byte that must belong to it. */
    boolean accept(byte next) {
        return delimiter[matched++] == next;
    }

    /** Whether all of it has been accepted. */
    boolean complete() {
        return matched == delimiter.length;
    }

    /**
     * Goes on looking.
     *
     * @return the index behind its last byte; -1 if it is not complete in this piece
     */
    int find(ByteBuf in, int from, int to) {
        int at = from;
        while (at < to) {
            if (matched == 0) {
                at = lineBreak(in, at, to);
                if (at == to) {
                    return -1;
                }
                matched = 1;
                at++;
            }
            while (at < to && matched < delimiter.length) {
                if (in.getByte(at) != delimiter[matched]) {
                    matched = 0;
                    break;
                }
                matched++;
                at++;
            }
            if (matched == delimiter.length) {
                return at;
            }
        }
        return -1;
    }

    /** The first CR with an LF behind it, or at the very end; {@code to} if there is none. */
    private static int lineBreak(ByteBuf in, int from, int to) {
        int at = from;
        for (; at + Long.BYTES <= to; at += Long.BYTES) {
            long word = in.getLongLE(at) ^ ALL_CR;
            // The high bit of every byte that was a CR, and of no other.
            long hits = ~((word & LOW_BITS) + LOW_BITS | word | LOW_BITS);
            for (; hits != 0; hits &= hits - 1) {
                int hit = at + (Long.numberOfTrailingZeros(hits) >>> 3);
                if (hit + 1 == to || in.getByte(hit + 1) == LF) {
                    return hit;
                }
            }
        }
        for (; at < to; at++) {
            if (in.getByte(at) == CR && (at + 1 == to || in.getByte(at + 1) == LF)) {
                return at;
            }
        }
        return to;
    }
}
