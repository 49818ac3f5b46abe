package dev.corral.auth.key;

/** Why something about stored keys could not be done; the message is one line for people and holds no secret. */
public final class KeyStoreException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What kind of problem it is. */
    public enum Kind {
        /** The content of the document is not what it should be. */
        BAD_FILE,
        /** The file, its directory or its lock cannot be created. */
        CANNOT_CREATE,
        /** Reading or writing failed; what was stored before is unchanged, unless the message says otherwise. */
        IO,
        /** No key has that id or name. */
        NO_SUCH_KEY,
        /** Another key that is not revoked has that name. */
        NAME_TAKEN,
        /** Another key that is not revoked has that ssh key or certificate. */
        CREDENTIAL_TAKEN,
        /** What was asked for makes no sense. */
        INVALID
    }

    private final Kind kind;

    public KeyStoreException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public KeyStoreException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
