package dev.corral.core.meter;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What was read of one object, and how long all content was. Confined to one thread. */
final class JsonValues {
    // The longest that Ollama sends is response.reasoning_summary_text.delta or one like it.
    private static final int LONGEST_TYPE = 64;

    private final long[] numbers = new long[Slot.COUNT];
    private final byte[] type = new byte[LONGEST_TYPE];
    private int typeLength;
    private int present;
    private int filled;
    private long contentBytes;

    /** The next object begins. */
    void clear() {
        present = 0;
        filled = 0;
        typeLength = 0;
    }

    /** Whether there was a value, and not null. */
    boolean present(Slot slot) {
        return (present & slot.bit()) != 0;
    }

    /** Whether the value was true, or a string, an array or an object that is not empty. */
    boolean filled(Slot slot) {
        return (filled & slot.bit()) != 0;
    }

    /** A whole number, not negative; 0 where there was none. */
    long number(Slot slot) {
        return present(slot) ? numbers[slot.ordinal()] : 0;
    }

    /** The same; -1 where there was none. */
    long told(Slot slot) {
        return present(slot) ? numbers[slot.ordinal()] : -1;
    }

    boolean typeIs(byte[] ascii) {
        return typeLength == ascii.length && typeEndsWith(ascii);
    }

    boolean typeEndsWith(byte[] ascii) {
        int from = typeLength - ascii.length;
        return from >= 0 && typeLength <= LONGEST_TYPE && Arrays.equals(type, from, typeLength, ascii, 0, ascii.length);
    }

    /** A value begins, with this byte. */
    void begin(Slot slot, byte c) {
        if (c == 'n') {
            // Null leaves what was there, as in Go.
            return;
        }
        if (slot.replaced()) {
            filled &= ~slot.bit();
            present &= ~slot.bit();
            if (slot == Slot.TYPE) {
                typeLength = 0;
            }
        }
        boolean number = c == '-' || c >= '0' && c <= '9';
        if (!number) {
            numbers[slot.ordinal()] = 0;
            present |= slot.bit();
        }
    }

    void fill(@Nullable Slot slot) {
        if (slot != null) {
            filled |= slot.bit();
        }
    }

    void count(Slot slot, long number) {
        numbers[slot.ordinal()] = number;
        present |= slot.bit();
    }

    /** Some bytes of the type, as far as there is room for them. */
    void type(int at, byte[] bytes, int from, int length) {
        if (at + length <= LONGEST_TYPE) {
            System.arraycopy(bytes, from, type, at, length);
        }
    }

    /** A string ended that is not empty; one with escapes is no type that is known. */
    void text(Slot slot, int length, boolean plain) {
        if (!slot.flag()) {
            fill(slot);
        }
        if (slot == Slot.CONTENT) {
            contentBytes += length;
        } else if (slot == Slot.TYPE) {
            typeLength = plain ? length : 0;
        }
    }

    /** The bytes of all content so far, of all objects. */
    long contentBytes() {
        return contentBytes;
    }
}
