package dev.corral.core.body.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A Go slice with what lies in its array behind its length: a decoder that reads a second array into it finds the
 * elements of the first one there.
 */
final class GoSlice {
    private final List<@Nullable Object> array = new ArrayList<>();
    private int length;

    /** A new one, with what bytes that were read before left in it. */
    static GoSlice of(@Nullable Object old) {
        GoSlice slice = new GoSlice();
        if (old instanceof byte[] bytes) {
            for (byte b : bytes) {
                slice.array.add((long) (b & 0xFF));
            }
            slice.length = bytes.length;
        }
        return slice;
    }

    int length() {
        return length;
    }

    @Nullable
    Object get(int index) {
        return array.get(index);
    }

    List<@Nullable Object> elements() {
        return array.subList(0, length);
    }

    /** The element that is about to be read, as it is. */
    @Nullable
    Object reach(int index, Supplier<@Nullable Object> zero) {
        if (index == array.size()) {
            array.add(zero.get());
        }
        length = Math.max(length, index + 1);
        return array.get(index);
    }

    void set(int index, @Nullable Object value) {
        array.set(index, value);
    }

    void truncate(int to) {
        length = to;
        if (to == 0) {
            array.clear();
        }
    }
}
