package dev.corral.core.body;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The part of a JSON text that is being read, copied into an array: a copy costs a hundredth of what it saves, since an
 * array's bytes are read without the checks that direct memory needs. It moves forward as the text is read, so each byte
 * is copied about once. Confined to one thread, reused.
 */
final class JsonWindow {
    static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** What {@link #at} gives behind the last byte. */
    static final int END = -1;

    /** How many bytes can be looked at behind any one that is in the window; zeros behind the text's last. */
    static final int AHEAD = 40;

    // Fits a processor's first cache.
    private static final int LARGEST = 8 << 10;

    private ByteBuffer text = ByteBuffer.allocate(0);
    private int start;
    private int end;
    private byte[] bytes = new byte[AHEAD];
    private int base;
    private int filled;

    /** Takes a text up: from the buffer's position to its limit, by absolute reads. */
    void over(ByteBuffer json) {
        text = json;
        start = json.position();
        end = json.limit();
        int room = Math.min(end - start, LARGEST) + AHEAD;
        if (bytes.length < room) {
            bytes = new byte[Math.max(room, Math.min(2 * bytes.length, LARGEST + AHEAD))];
        }
        moveTo(start);
    }

    /** The index of the first byte. */
    int start() {
        return start;
    }

    /** The index behind the last byte. */
    int end() {
        return end;
    }

    /** The byte at an index, unsigned; {@link #END} behind the last. Moves the window there if it is ahead of it. */
    int at(int index) {
        int i = index - base;
        return i >= 0 && i < filled ? bytes[i] & 0xff : elsewhere(index);
    }

    private int elsewhere(int index) {
        if (index >= end) {
            return END;
        }
        if (index > base) {
            moveTo(index);
        }
        return text.get(index) & 0xff;
    }

    /** A byte that is known to be there, wherever the window is, which stays. */
    byte get(int index) {
        int i = index - base;
        return i >= 0 && i < filled ? bytes[i] : text.get(index);
    }

    /** Whether a byte is in the window now. */
    boolean holds(int index) {
        return index >= base && index - base < filled;
    }

    /** Eight bytes from one on that is in the window, or less than {@link #AHEAD} - 8 behind one; the first one lowest. */
    long word(int index) {
        return (long) WORDS.get(bytes, index - base);
    }

    /** Copies bytes out, wherever the window is, which stays. */
    void copy(int from, byte[] into, int length) {
        text.get(from, into, 0, length);
    }

    /** Makes the byte at an index the window's first. */
    void moveTo(int index) {
        base = index;
        filled = Math.min(end - index, bytes.length - AHEAD);
        text.get(index, bytes, 0, filled);
        for (int i = filled; i < filled + AHEAD; i++) {
            bytes[i] = 0;
        }
    }

    /** The window itself; its first byte is that at {@link #base}. */
    byte[] bytes() {
        return bytes;
    }

    /** The index of the window's first byte. */
    int base() {
        return base;
    }

    /**
     * How many bytes of the window have {@link #AHEAD} more behind them: all of them where the text ends, whose zeros
     * nothing takes for a part of it.
     */
    int whole() {
        return base + filled == end ? filled : filled - AHEAD;
    }
}
