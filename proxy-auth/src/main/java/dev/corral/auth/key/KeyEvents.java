package dev.corral.auth.key;

import java.nio.file.Path;

/** Is told what a {@link KeyWatcher} saw. Called on the watcher's thread. */
public interface KeyEvents {
    /** A version of the key file is in force now. */
    void loaded(KeyRing ring);

    /**
     * A version of the key file could not be used; the keys loaded before stay in force. Once per version.
     *
     * @param reason one line without any secret
     */
    void failed(Path file, String reason);
}
