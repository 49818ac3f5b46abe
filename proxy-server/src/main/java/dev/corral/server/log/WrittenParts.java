package dev.corral.server.log;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Parts of lines by what they say, for when it is said again: a table of fixed size in which the later one takes the
 * place of the earlier. Confined to the writer's thread.
 *
 * @param <K> what they say; immutable
 */
final class WrittenParts<K> {
    private static final int SIZE = 256;
    // Callers think of longer ones, which the table must not hold.
    private static final int LONGEST = 256;

    private final @Nullable Object[] keys = new Object[SIZE];
    private final byte[][] parts = new byte[SIZE][];

    /** The part, if it was written before and is still here. */
    byte @Nullable [] of(K key) {
        int slot = slot(key);
        return Objects.equals(keys[slot], key) ? parts[slot] : null;
    }

    /** Keeps a part, if it is not too long. */
    void keep(K key, byte[] bytes) {
        if (bytes.length <= LONGEST) {
            int slot = slot(key);
            keys[slot] = key;
            parts[slot] = bytes;
        }
    }

    private static int slot(Object key) {
        int hash = key.hashCode();
        return (hash ^ hash >>> 8 ^ hash >>> 16 ^ hash >>> 24) & SIZE - 1;
    }
}
