package dev.corral.core.meter;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The places in a JSON text that are read, each with the {@link Slot} that takes what stands there. Everything else is
 * skipped. Immutable once built, any thread.
 */
final class PathTree {
    /** The longest name of a member on the way to such a place, in bytes. */
    static final int LONGEST_NAME = 24;

    /** No place is deeper than this. */
    static final int MAX_DEPTH = 8;

    private byte[][] names = {};
    private PathTree[] members = {};
    private @Nullable PathTree element;
    private @Nullable Slot slot;

    private PathTree() {}

    static PathTree empty() {
        return new PathTree();
    }

    /**
     * Adds a place. To be called before the tree is used.
     *
     * @param path such as {@code choices[].delta.content}: names of members, {@code []} for the elements of an array
     */
    PathTree at(String path, Slot into) {
        PathTree node = this;
        for (String step : path.split("\\.", -1)) {
            int bracket = step.indexOf('[');
            node = node.grow(bracket < 0 ? step : step.substring(0, bracket));
            if (bracket >= 0) {
                node = node.growElement();
            }
        }
        node.slot = into;
        return this;
    }

    private PathTree grow(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        if (bytes.length > LONGEST_NAME) {
            throw new IllegalArgumentException(name + " (expected: at most " + LONGEST_NAME + " bytes)");
        }
        PathTree known = member(bytes, bytes.length);
        if (known != null) {
            return known;
        }
        PathTree fresh = new PathTree();
        names = Arrays.copyOf(names, names.length + 1);
        members = Arrays.copyOf(members, members.length + 1);
        names[names.length - 1] = bytes;
        members[members.length - 1] = fresh;
        return fresh;
    }

    private PathTree growElement() {
        if (element == null) {
            element = new PathTree();
        }
        return element;
    }

    /** What a member is; null where nothing in it is read. */
    @Nullable
    PathTree member(byte[] name, int length) {
        for (int i = 0; i < names.length; i++) {
            byte[] one = names[i];
            if (one.length == length && Arrays.equals(one, 0, length, name, 0, length)) {
                return members[i];
            }
        }
        return null;
    }

    /** What an element is; null where nothing in it is read. */
    @Nullable
    PathTree element() {
        return element;
    }

    /** Whether something in an object or an array that stands here is read. */
    boolean reachesInto(boolean object) {
        return object ? members.length > 0 : element != null;
    }

    /** What takes the value that stands here; null for none. */
    @Nullable
    Slot slot() {
        return slot;
    }
}
