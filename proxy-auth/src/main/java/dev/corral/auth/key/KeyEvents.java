package dev.corral.auth.key;

/** Is told what a {@link KeyWatcher} saw. Called on the watcher's thread. */
public interface KeyEvents {
    /** A version of the keys is in force now. */
    void loaded(KeyRing ring);

    /**
     * A version of the keys could not be used; the keys loaded before stay in force. Once per version.
     *
     * @param place where the keys are
     * @param reason one line without any secret
     */
    void failed(String place, String reason);
}
