package dev.corral.core.body;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * A set of member names that is looked up without allocating. A name in a text is first read into scratch, with its
 * escapes resolved and, where Ollama decodes into a struct, folded as Go's encoding/json folds ({@code fold.go}): ASCII
 * letters, and the two other characters that fold to one, U+017F and U+212A. Immutable, any thread.
 */
final class JsonNames {
    /** What {@link #find} gives for a name that is not in the set. */
    static final int NONE = -1;

    /** The longest name that any set may hold, in bytes. */
    static final int SCRATCH = 32;

    private static final int LONG_S = 0x17f;
    private static final int KELVIN = 0x212a;

    private static final long ONES = 0x0101010101010101L;
    private static final long SPREAD = 0x9e3779b97f4a7c15L;

    private final String[] names;
    private final byte[][] bytes;
    // The first eight bytes of each, and the next eight, zeros behind its end.
    private final long[] heads;
    private final long[] tails;
    // Open addressing, at most a quarter full: the index of a name plus one.
    private final byte[] slots;
    private final boolean folding;
    private final int longest;

    private JsonNames(List<String> names, boolean folding) {
        this.names = names.toArray(String[]::new);
        this.bytes = new byte[this.names.length][];
        this.heads = new long[this.names.length];
        this.tails = new long[this.names.length];
        this.slots = new byte[Integer.highestOneBit(Math.max(1, this.names.length)) * 8];
        this.folding = folding;
        int most = 0;
        for (int i = 0; i < this.names.length; i++) {
            bytes[i] = this.names[i].getBytes(StandardCharsets.US_ASCII);
            most = Math.max(most, bytes[i].length);
            heads[i] = word(bytes[i], 0, bytes[i].length);
            tails[i] = word(bytes[i], Long.BYTES, bytes[i].length);
            int slot = slot(heads[i], tails[i]);
            while (slots[slot] != 0) {
                slot = slot + 1 & slots.length - 1;
            }
            slots[slot] = (byte) (i + 1);
        }
        this.longest = most;
        if (longest > SCRATCH) {
            throw new IllegalArgumentException("a name of " + longest + " bytes (expected: at most " + SCRATCH + ")");
        }
    }

    /** Names of a Go struct's members: other letter case is the same name. */
    static JsonNames folding(List<String> lowerCase) {
        return new JsonNames(lowerCase, true);
    }

    /** Keys of a Go map: other letter case is another key. */
    static JsonNames exact(List<String> names) {
        return new JsonNames(names, false);
    }

    int size() {
        return names.length;
    }

    String name(int index) {
        return names[index];
    }

    /**
     * Which name Ollama would take this for.
     *
     * @param start behind the quote that opens it
     * @param end of the quote that closes it
     * @param scratch at least {@link #SCRATCH} bytes
     */
    int find(JsonBytes json, int start, int end, byte[] scratch) {
        int size = end - start;
        if (size <= 2 * Long.BYTES && json.near(start)) {
            long head = json.word(start, size);
            long tail = size > Long.BYTES ? json.word(start + Long.BYTES, size - Long.BYTES) : 0;
            if (!ambiguous(head) && !ambiguous(tail)) {
                return lookUp(head, tail);
            }
        }
        return findSpelled(json, start, end, scratch);
    }

    private int findSpelled(JsonBytes json, int start, int end, byte[] scratch) {
        int length = 0;
        int i = start;
        while (i < end) {
            int c = json.get(i++);
            if (c == '\\') {
                c = json.get(i++);
                if (c == 'u') {
                    c = unit(json, i);
                    i += 4;
                } else {
                    c = JsonText.simple(c);
                }
            } else if (c < 0) {
                c = raw(json, i, c & 0xff);
                i += c == LONG_S ? 1 : 2;
            }
            if (folding) {
                c = fold(c);
            }
            if (c >= 0x80 || length == longest) {
                return NONE;
            }
            scratch[length++] = (byte) c;
        }
        return lookUp(scratch, length);
    }

    /** Whether a name stands in the text byte for byte. */
    boolean spelledExactly(JsonBytes json, int start, int end, int index) {
        byte[] name = bytes[index];
        if (end - start != name.length) {
            return false;
        }
        for (int i = 0; i < name.length; i++) {
            if (json.get(start + i) != name[i]) {
                return false;
            }
        }
        return true;
    }

    /** Whether a byte may stand for another: a capital, what begins an escape, what is no ASCII. */
    private static boolean ambiguous(long word) {
        long high = ONES << 7;
        long capitals = (word & ~high) + ONES * (0x80 - 'A') & ~((word & ~high) + ONES * (0x80 - ('\\' + 1)));
        return ((capitals | word) & high) != 0;
    }

    private int lookUp(byte[] name, int length) {
        int slot = slot(word(name, 0, length), word(name, Long.BYTES, length));
        while (slots[slot] != 0) {
            int index = slots[slot] - 1;
            if (Arrays.equals(bytes[index], 0, bytes[index].length, name, 0, length)) {
                return index;
            }
            slot = slot + 1 & slots.length - 1;
        }
        return NONE;
    }

    private int lookUp(long head, long tail) {
        int slot = slot(head, tail);
        while (slots[slot] != 0) {
            int index = slots[slot] - 1;
            if (heads[index] == head && tails[index] == tail && bytes[index].length <= 2 * Long.BYTES) {
                return index;
            }
            slot = slot + 1 & slots.length - 1;
        }
        return NONE;
    }

    private static long word(byte[] name, int from, int length) {
        long word = 0;
        for (int i = Math.min(length, from + Long.BYTES) - 1; i >= from; i--) {
            word = word << Byte.SIZE | name[i] & 0xff;
        }
        return word;
    }

    private int slot(long head, long tail) {
        long hash = (head ^ Long.rotateLeft(tail, 29)) * SPREAD;
        return (int) (hash >>> 32) & slots.length - 1;
    }

    private static int fold(int c) {
        if (c == LONG_S) {
            return 's';
        }
        if (c == KELVIN) {
            return 'k';
        }
        return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
    }

    /** The character of more than one byte at {@code next - 1}, if it is one of the two that matter. */
    private static int raw(JsonBytes json, int next, int first) {
        if (first == 0xc5 && json.get(next) == (byte) 0xbf) {
            return LONG_S;
        }
        boolean kelvin = first == 0xe2 && json.get(next) == (byte) 0x84 && json.get(next + 1) == (byte) 0xaa;
        return kelvin ? KELVIN : Character.MAX_VALUE;
    }

    private static int unit(JsonBytes json, int start) {
        int unit = 0;
        for (int i = start; i < start + 4; i++) {
            unit = unit << 4 | JsonBytes.hex(json.get(i));
        }
        return unit;
    }
}
