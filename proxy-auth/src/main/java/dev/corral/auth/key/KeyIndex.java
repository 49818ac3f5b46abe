package dev.corral.auth.key;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds one of many keys by a text of theirs in constant time, in a tenth of a map's memory: a table with open addressing,
 * at most half full. Grows while it is filled; afterwards it is read by any thread. The texts are Corral's own or its
 * operator's, so nobody can choose them to collide.
 */
final class KeyIndex {
    private static final int SMALLEST = 16;

    private final Function<KeyRecord, String> text;
    private @Nullable KeyRecord[] table = new KeyRecord[SMALLEST];
    private int size;

    KeyIndex(Function<KeyRecord, String> text) {
        this.text = text;
    }

    /** Adds the key, and returns true, unless there is one with the same text. */
    boolean add(KeyRecord key) {
        int at = place(table, text.apply(key));
        if (table[at] != null) {
            return false;
        }
        table[at] = key;
        size++;
        if (size > table.length / 2) {
            grow();
        }
        return true;
    }

    @Nullable
    KeyRecord get(String wanted) {
        return table[place(table, wanted)];
    }

    /** Where the key with this text is, or would be. */
    private int place(@Nullable KeyRecord[] in, String wanted) {
        int at = spread(wanted.hashCode()) & in.length - 1;
        while (true) {
            KeyRecord found = in[at];
            if (found == null || text.apply(found).equals(wanted)) {
                return at;
            }
            at = at + 1 & in.length - 1;
        }
    }

    private void grow() {
        @Nullable KeyRecord[] larger = new KeyRecord[table.length * 2];
        for (KeyRecord key : table) {
            if (key != null) {
                larger[place(larger, text.apply(key))] = key;
            }
        }
        table = larger;
    }

    private static int spread(int hash) {
        int mixed = hash * 0x9E3779B9;
        return mixed ^ mixed >>> 15;
    }
}
