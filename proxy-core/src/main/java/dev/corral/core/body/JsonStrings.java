package dev.corral.core.body;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The strings of a JSON text: UTF-8 (RFC 3629) without raw control characters, and the escapes of RFC 8259. Most bytes of
 * a body are read here, so this is written for speed: a fast rule reads 32 bytes at a time and stops at the closing quote
 * and at whatever it does not know; a careful one looks at that, and says what is wrong. Confined to one thread, reused.
 */
final class JsonStrings {
    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle FOURS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int WORD = Long.BYTES;
    private static final int BLOCK = 4 * WORD;

    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = ONES << 7;
    private static final long TWOS = ONES << 1;
    private static final long QUOTE_AND_BELOW = ONES * (('"' ^ 2) + 1);
    private static final long BACKSLASHES = ONES * '\\';
    // Times a word of ones and zeros, one in each byte: its highest byte has them as bits, the first byte's lowest.
    private static final long GATHER = 0x0102040810204080L;

    // How long an escape is, by the letter behind the backslash; 0 for none.
    private static final byte[] ESCAPES = new byte[1 << 8];

    static {
        for (char c : "\"\\/bfnrt".toCharArray()) {
            ESCAPES[c] = 2;
        }
        ESCAPES['u'] = 6;
    }

    private final JsonWindow window;
    private boolean escaped;

    JsonStrings(JsonWindow window) {
        this.window = window;
    }

    /** Whether the string that was read last has an escape in it. */
    boolean escaped() {
        return escaped;
    }

    /**
     * To the end of a string.
     *
     * @param index behind the quote that opens it
     * @return the index of the quote that closes it
     */
    int close(int index) throws BadBody {
        escaped = false;
        int i = index;
        while (true) {
            i = fast(i);
            int c = window.at(i);
            if (c == '"') {
                return i;
            }
            if (c == '\\') {
                escaped = true;
                i = escape(i);
            } else if (c >= 0x80) {
                i = foreign(i);
            } else {
                throw expected(
                        i, c == JsonWindow.END ? "the string's end" : "an escape instead of a raw control character");
            }
        }
    }

    /** To the closing quote, or to the first thing that is not plainly right; behind the text, if there is neither. */
    private int fast(int index) {
        int i = index - window.base();
        int whole = window.whole();
        if (i < 0 || i >= whole) {
            if (index >= window.end()) {
                return index;
            }
            window.moveTo(index);
            i = 0;
            whole = window.whole();
        }
        byte[] bytes = window.bytes();
        // Most strings are short: names, roles, models.
        long first = stops(bytes, i);
        if (first != 0) {
            int stop = i + (Long.numberOfTrailingZeros(first) >>> 3);
            if (bytes[stop] == '"') {
                return stop + window.base();
            }
        }
        while (true) {
            i = blocks(bytes, i, whole) + window.base();
            if (i - window.base() < whole || i >= window.end()) {
                return i;
            }
            window.moveTo(i);
            whole = window.whole();
            i = 0;
        }
    }

    /**
     * Reads blocks that begin before {@code whole}.
     *
     * @return where it stopped; at {@code whole} or behind it, where it found nothing to stop at
     */
    private int blocks(byte[] bytes, int from, int whole) {
        int i = from;
        // Bits, the lowest for the first byte: what is read of the next block as a part of the one before.
        long read = 0;
        boolean escapes = false;
        boolean plain = false;
        blocks:
        while (i < whole) {
            long one = stops(bytes, i);
            long two = stops(bytes, i + WORD);
            long three = stops(bytes, i + 2 * WORD);
            long four = stops(bytes, i + 3 * WORD);
            if ((one | two | three | four) == 0) {
                read = 0;
                i += BLOCK;
                i = plain ? plain(bytes, i, whole) : i;
                plain = true;
                continue;
            }
            plain = false;
            long stops = bits(one) | bits(two) << WORD | bits(three) << 2 * WORD | bits(four) << 3 * WORD;
            stops &= ~read;
            read = 0;
            while (stops != 0) {
                long stop = stops & -stops;
                int at = i + Long.numberOfTrailingZeros(stop);
                int next = (int) FOURS.get(bytes, at);
                int c = next & 0xff;
                if (c == '\\') {
                    int length = ESCAPES[next >>> 8 & 0xff];
                    if (length == 2) {
                        escapes = true;
                        stops &= ~(stop | stop << 1);
                        read |= stop << 1;
                    } else if (length == 6 && hexadecimal((int) FOURS.get(bytes, at + 2))) {
                        // Nothing behind the backslash stops.
                        escapes = true;
                        stops ^= stop;
                    } else {
                        i = at;
                        read = 0;
                        break blocks;
                    }
                } else if (c >= 0x80) {
                    int length = length(next);
                    if (length == 2) {
                        stops &= ~(stop | stop << 1);
                        read |= stop << 1;
                    } else if (length == 3) {
                        if (bytes[at + 3] < 0) {
                            i = characters(bytes, at + 3, whole);
                            read = 0;
                            continue blocks;
                        }
                        stops &= ~(stop * 7);
                        read |= stop * 7;
                    } else if (length == 4) {
                        stops &= ~(stop * 15);
                        read |= stop * 15;
                    } else {
                        i = at;
                        read = 0;
                        break blocks;
                    }
                } else if (c < ' ' || c == '"') {
                    i = at;
                    read = 0;
                    break blocks;
                } else {
                    stops ^= stop;
                }
            }
            i += BLOCK;
            read >>>= BLOCK;
        }
        escaped |= escapes;
        return i + Long.SIZE - Long.numberOfLeadingZeros(read);
    }

    /** Over bytes that do not stop, in steps of two words. */
    private static int plain(byte[] bytes, int from, int whole) {
        int i = from;
        while (i < whole && (stops(bytes, i) | stops(bytes, i + WORD)) == 0) {
            i += 2 * WORD;
        }
        return i;
    }

    /** Over characters that are not ASCII, as in texts that have no blanks. */
    private static int characters(byte[] bytes, int from, int whole) {
        int i = from;
        while (i < whole && bytes[i] < 0) {
            int four = (int) FOURS.get(bytes, i);
            // By branches, which a processor guesses, so that the next character need not wait for this one's length.
            if ((four & 0xc0c0f0) == 0x8080e0 && (four & 0x200f) != 0 && (four & 0x200f) != 0x200d) {
                i += 3;
            } else if ((four & 0xc0e0) == 0x80c0 && (four & 0x1e) != 0) {
                i += 2;
            } else if (length(four) == 4) {
                i += 4;
            } else {
                break;
            }
        }
        return i;
    }

    /**
     * The bytes of a word that are a quote, a backslash, a control character or no ASCII, by their highest bits. Misses
     * none; but a byte behind one may be taken for another, by a subtraction that borrows.
     */
    private static long stops(byte[] bytes, int at) {
        long word = (long) WORDS.get(bytes, at);
        // Flipping bit 1 puts the quote on 0x20, right behind the control characters, and the blank behind it.
        return ((word ^ TWOS) - QUOTE_AND_BELOW | (word ^ BACKSLASHES) - ONES | word) & HIGHS;
    }

    private static long bits(long highs) {
        return (highs >>> 7) * GATHER >>> Long.SIZE - WORD;
    }

    /** Whether four bytes are hexadecimal digits. */
    private static boolean hexadecimal(int four) {
        // A sum carries into the next byte only from one that is no ASCII, with which the answer is no anyway.
        int lower = four | 0x20202020;
        int digits = four + 0x50505050 & ~(four + 0x46464646);
        int letters = lower + 0x1f1f1f1f & ~(lower + 0x19191919);
        return ((digits | letters) & ~four & 0x80808080) == 0x80808080;
    }

    /**
     * How many bytes a character has that is not ASCII (RFC 3629: nothing overlong, no surrogates, nothing beyond
     * U+10FFFF); 0 if it is none.
     *
     * @param four its bytes and those behind it, the first one lowest
     */
    private static int length(int four) {
        if ((four & 0xc0e0) == 0x80c0) {
            return (four & 0x1e) != 0 ? 2 : 0;
        }
        if ((four & 0xc0c0f0) == 0x8080e0) {
            int range = four & 0x200f;
            return range == 0 || range == 0x200d ? 0 : 3;
        }
        int plane = (four & 7) << 2 | four >> 12 & 3;
        return (four & 0xc0c0c0f8) != 0x808080f0 || plane == 0 || plane > 0x10 ? 0 : 4;
    }

    private int escape(int index) throws BadBody {
        switch (window.at(index + 1)) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> {
                return index + 2;
            }
            case 'u' -> {
                for (int i = index + 2; i < index + 6; i++) {
                    if (JsonBytes.hex(window.at(i)) < 0) {
                        throw expected(i, "a hexadecimal digit");
                    }
                }
                return index + 6;
            }
            default -> throw expected(index + 1, "one of \" \\ / b f n r t u behind a backslash");
        }
    }

    private int foreign(int index) throws BadBody {
        int four = 0;
        for (int i = Math.min(index + Integer.BYTES, window.end()) - 1; i >= index; i--) {
            four = four << Byte.SIZE | window.get(i) & 0xff;
        }
        int length = length(four);
        if (length == 0) {
            throw expected(index, "UTF-8");
        }
        return index + length;
    }

    /** A refusal that says where and what was expected. */
    BadBody expected(int index, String what) {
        return new BadBody(new ProxyError(
                ErrorCode.INVALID_BODY, "invalid JSON at byte " + (index - window.start()) + ": expected " + what));
    }
}
