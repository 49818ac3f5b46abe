package dev.corral.auth.key;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** All keys of one version of the key file. Immutable; any thread. */
public final class KeyRing {
    /** No keys: refuses everybody. */
    public static final KeyRing EMPTY = new KeyRing(List.of());

    private final List<KeyRecord> records;
    private final KeyIndex byId;

    /**
     * @throws IllegalArgumentException if two keys have the same id
     */
    KeyRing(List<KeyRecord> records) {
        this(records, byId(records));
    }

    /** Takes the index over: the caller does not change it afterwards. */
    KeyRing(List<KeyRecord> records, KeyIndex byId) {
        this.records = List.copyOf(records);
        this.byId = byId;
    }

    private static KeyIndex byId(List<KeyRecord> records) {
        KeyIndex index = new KeyIndex(KeyRecord::id);
        for (KeyRecord key : records) {
            if (!index.add(key)) {
                throw new IllegalArgumentException("two keys have the id " + key.id());
            }
        }
        return index;
    }

    /** The key with this id in constant time, or null. */
    public @Nullable KeyRecord byId(String id) {
        return byId.get(id);
    }

    /** The key that bears this name and is not revoked; else the one that bore it last; or null. Linear time. */
    public @Nullable KeyRecord byName(String name) {
        KeyRecord last = null;
        for (KeyRecord key : records) {
            if (key.name().equals(name)) {
                if (key.revoked() == null) {
                    return key;
                }
                last = key;
            }
        }
        return last;
    }

    /** All keys in the order of the file. */
    public List<KeyRecord> records() {
        return records;
    }

    public int size() {
        return records.size();
    }

    public boolean isEmpty() {
        return records.isEmpty();
    }

    /**
     * How many keys are in a state; linear time.
     *
     * @param epochMillis the time to judge by, milliseconds since the epoch
     */
    public int count(KeyState state, long epochMillis) {
        int count = 0;
        for (KeyRecord key : records) {
            if (key.state(epochMillis) == state) {
                count++;
            }
        }
        return count;
    }

    @Override
    public String toString() {
        return "KeyRing[" + records.size() + " keys]";
    }
}
