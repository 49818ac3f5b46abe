package dev.corral.auth.key;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** All keys of one version of the key file. Immutable; any thread. */
public final class KeyRing {
    /** No keys: refuses everybody. */
    public static final KeyRing EMPTY = new KeyRing(List.of());

    private final List<KeyRecord> records;
    private final KeyIndex byId;
    private final AccessIndex access;
    // Made by the first who asks: most need none, and for many keys it is large.
    private volatile @Nullable KeyIndex activeByName;

    /**
     * @throws IllegalArgumentException if two keys have the same id, or two that are not revoked the same credential
     */
    KeyRing(List<KeyRecord> records) {
        this(records, byId(records), access(records));
    }

    /** Takes the indexes over: the caller does not change them afterwards. */
    KeyRing(List<KeyRecord> records, KeyIndex byId, AccessIndex access) {
        this.records = List.copyOf(records);
        this.byId = byId;
        this.access = access;
    }

    private static AccessIndex access(List<KeyRecord> records) {
        AccessIndex index = new AccessIndex();
        for (KeyRecord key : records) {
            AccessIndex.Conflict conflict = index.add(key);
            if (conflict != null) {
                throw new IllegalArgumentException(conflict.text());
            }
        }
        return index;
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

    /**
     * The key that whoever signs with this one owns, in constant time; a revoked one only where no other has it; or null.
     */
    public @Nullable KeyRecord bySshKey(SshPublicKey sshKey) {
        return access.bySshKey(sshKey);
    }

    /**
     * The key that whoever shows this certificate owns, in constant time; a revoked one only where no other has it; or
     * null.
     *
     * @param certificate as {@link CertificateName} writes it
     */
    public @Nullable KeyRecord byCertificate(String certificate) {
        return access.byCertificate(certificate);
    }

    /**
     * The key that bears this name and is not revoked, or null; in constant time, but for the first call, which takes some
     * milliseconds for 100,000 keys.
     */
    public @Nullable KeyRecord activeByName(String name) {
        KeyIndex index = activeByName;
        if (index == null) {
            // Two who come at once make the same.
            index = indexByName();
            activeByName = index;
        }
        return index.get(name);
    }

    private KeyIndex indexByName() {
        KeyIndex index = new KeyIndex(KeyRecord::name);
        for (KeyRecord key : records) {
            if (key.revoked() == null) {
                index.add(key);
            }
        }
        return index;
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
