package dev.corral.auth.key;

/** The ring in force. One writer, any number of readers. */
public final class LiveKeyRing {
    private volatile KeyRing current;

    public LiveKeyRing(KeyRing initial) {
        current = initial;
    }

    public KeyRing current() {
        return current;
    }

    /** In force for every look-up that begins after this returns. */
    public void replace(KeyRing ring) {
        current = ring;
    }
}
