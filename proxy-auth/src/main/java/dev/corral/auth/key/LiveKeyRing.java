package dev.corral.auth.key;

import dev.corral.auth.limit.LimitSet;
import dev.corral.core.spi.CidrSet;

/** The ring in force. One writer, any number of readers. */
public final class LiveKeyRing {
    private volatile KeyRing current;

    public LiveKeyRing(KeyRing initial) {
        current = initial;
    }

    public KeyRing current() {
        return current;
    }

    /** What a key says of limits itself; {@link LimitSet#NONE} where there is no such key. */
    public LimitSet limits(String keyId) {
        KeyRecord key = current.byId(keyId);
        return key == null ? LimitSet.NONE : key.limits();
    }

    /** From where a key may be used; empty for anywhere, and where there is no such key. */
    public CidrSet allowFrom(String keyId) {
        KeyRecord key = current.byId(keyId);
        return key == null ? CidrSet.NONE : key.access().allowFrom();
    }

    /** In force for every look-up that begins after this returns. */
    public void replace(KeyRing ring) {
        current = ring;
    }
}
